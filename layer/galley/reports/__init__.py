"""Published reports: what they rest on, and the formats that are made of it."""
