"""GraphQL: the schema, its few computed fields, pages and errors as DS makes them, and a short way to write them out."""
