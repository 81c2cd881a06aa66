"""Reading, understanding and merging workbooks."""
