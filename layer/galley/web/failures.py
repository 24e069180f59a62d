"""
Why something on the web could not be had. None of it ends a run: an agent reads it and goes on.

* WebError
  - AddressError            no http or https address of a page, or one that is not taken
  - ForbiddenAddressError   the name leads to a private, local or reserved address
  - UnknownHostError        no such name
  - ForbiddenDomainError    whoever runs this application does not want pages of this domain
  - RobotsError             the site asks robots to stay away, or does not say whether they may come
  - RedirectError           too many redirects, or a circle
  - PageMissingError        the site has no such page (any more)
  - PageRefusedError        the site, or a provider, answers with an error
  - TooSlowError            not all of it came in time
  - TooLargeError           more bytes than are taken, packed or unpacked
  - FormatError             neither a page nor a document
  - NoTextError             nothing that can be read, such as a page made by scripts alone
  - CertificateError        whoever answers cannot prove to be who was asked
  - UnreachableError        no connection, or one that broke off
"""


class WebError(Exception):
    """Something on the web could not be had; the message says why, for a model."""

    @property
    def name(self) -> str:
        """What went wrong, in one word."""
        return type(self).__name__


class AddressError(WebError):
    """An address that is not taken."""


class ForbiddenAddressError(WebError):
    """A name leads to where nothing public is."""


class UnknownHostError(WebError):
    """A name that nobody knows."""


class ForbiddenDomainError(WebError):
    """A domain that the operator does not want."""


class RobotsError(WebError):
    """A page that robots may not read."""


class RedirectError(WebError):
    """A page that is always somewhere else."""


class PageMissingError(WebError):
    """A page that is not there."""


class PageRefusedError(WebError):
    """An answer that says no."""


class TooSlowError(WebError):
    """An answer that takes too long."""


class TooLargeError(WebError):
    """An answer that is too long."""


class FormatError(WebError):
    """An answer that is no document."""


class NoTextError(WebError):
    """A document that cannot be read."""


class CertificateError(WebError):
    """An impostor, or a site whose certificate is out of order."""


class UnreachableError(WebError):
    """A site that does not answer."""
