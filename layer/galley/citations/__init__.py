"""The citation gate: each citation, quotation, number and name of a draft against its sources."""
