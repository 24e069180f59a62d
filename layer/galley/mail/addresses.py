"""Addresses: which are the same, so that nobody passes for somebody else."""


def folded(address: str) -> str:
    """
    Return the form by which addresses are compared: letters of ASCII in lower case.

    Other letters have forms that look alike and belong to other people: they stay as they are.
    """
    return address.encode("utf-8", "surrogatepass").lower().decode("utf-8", "surrogatepass")
