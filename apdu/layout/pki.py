"""The directories and certificate files of the PKI application.

Who may read and write the certificates is not published: our reading is free to read, the user's PIN to write.
"""

from __future__ import annotations

from apdu import fields
from apdu.layout.access import FREE, Access
from apdu.layout.declaration import Structure
from apdu.layout.item import Item, Secrecy
from apdu.layout.spec import DirectorySpec, FileSpec
from apdu.pki import (
    APPLICATION_FID,
    APPLICATION_NAME,
    CERTIFICATE_LENGTH,
    ENCRYPTION_CERTIFICATE,
    ENVIRONMENT_NAME,
    SIGNING_CERTIFICATE,
)

SOURCE = "card-issuing kiosks; access rights: our reading"
USER_PIN = "PIN"
"""The term of the access rules: the application's own user PIN, not the social one."""


def _certificate(fid: int, name: str, name_zh: str) -> FileSpec:
    return FileSpec(
        APPLICATION,
        fid,
        name,
        name_zh,
        Structure.TRANSPARENT,
        FREE,
        Access.parse(USER_PIN),
        (
            Item(
                None,
                name,
                name_zh,
                fields.opaque(CERTIFICATE_LENGTH),
                offset=0,
                secrecy=Secrecy.SECRET,  # a certificate names its holder, in pieces no pattern recognises
            ),
        ),
        SOURCE,
        size=CERTIFICATE_LENGTH,
    )


APPLICATION = "PKI/DF01"
PKI = DirectorySpec("PKI", ENVIRONMENT_NAME, None, "PKI环境", ())
PKI_APPLICATION = DirectorySpec(
    APPLICATION,
    APPLICATION_NAME,
    APPLICATION_FID,
    "证书应用",
    (
        _certificate(SIGNING_CERTIFICATE, "Signing certificate", "签名证书"),
        _certificate(ENCRYPTION_CERTIFICATE, "Encryption certificate", "加密证书"),
    ),
)
PKI_DIRECTORIES = (PKI, PKI_APPLICATION)
