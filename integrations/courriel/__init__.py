"""Mail: one letter at a time, by SMTP, or into a folder that the demonstration shows."""
