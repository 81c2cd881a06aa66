"""Object storage: bytes under random keys. A folder for now; the interface leaves room for S3."""
