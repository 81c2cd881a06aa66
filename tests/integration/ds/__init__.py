"""The exchange with DS, against its simulator over real HTTP."""
