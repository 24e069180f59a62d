"""Who may do what: the template's permissions, checked on every call."""
