"""The keys of the seal: one to seal with, and the certificates of those that sealed before. The only door to cryptography.

ECDSA P-256, self-signed: a seal that shows who issued a file and that it has not changed, for whoever knows our certificate.
It is neither an advanced nor a qualified seal.
"""

import os
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, pkcs12

from integrations.cachet.api import Certificat, CleIllisible, OrigineCachet

DUREE = timedelta(days=3650)


@dataclass(frozen=True, slots=True)
class Trousseau:
    """`p12` is the key to seal with, empty when there is none; `anciens` still vouch for what they sealed."""

    courant: Certificat | None = None
    anciens: tuple[Certificat, ...] = ()
    p12: bytes = field(default=b"", repr=False)
    mot_de_passe: str = field(default="", repr=False)

    @property
    def certificats(self) -> tuple[Certificat, ...]:
        """The one in use first."""
        return ((self.courant,) if self.courant else ()) + self.anciens

    def origine(self, empreinte: str) -> OrigineCachet:
        """Whose certificate this is."""
        if self.courant is not None and empreinte == self.courant.empreinte:
            return OrigineCachet.COURANT
        return OrigineCachet.ANCIEN if empreinte in {un.empreinte for un in self.anciens} else OrigineCachet.AUTRE

    @property
    def pem(self) -> str:
        """All of them, as the file that is published."""
        return "".join(certificat.pem for certificat in self.certificats)


def ouvrir(p12: Path | None, mot_de_passe: str, anciens: tuple[Path, ...] = ()) -> Trousseau:
    """Read the key (PKCS#12) and the old certificates (PEM). Raises CleIllisible, in one sentence for people."""
    vieux = tuple(certificat for chemin in anciens for certificat in lire_pem(_lire(chemin)))
    if p12 is None:
        return Trousseau(anciens=vieux)
    octets = _lire(p12)
    return Trousseau(_certificat_du_p12(octets, mot_de_passe), vieux, octets, mot_de_passe)


def lire_pem(octets: bytes) -> tuple[Certificat, ...]:
    """Every certificate of a PEM file. Raises CleIllisible."""
    try:
        return tuple(_decrire(certificat) for certificat in x509.load_pem_x509_certificates(octets))
    except ValueError as faute:
        raise CleIllisible("Ce fichier n’est pas un certificat au format PEM.") from faute


def creer(titulaire: str, mot_de_passe: str, *, debut: datetime | None = None) -> bytes:
    """A new key and its self-signed certificate, as a PKCS#12 protected by the password."""
    cle = ec.generate_private_key(ec.SECP256R1())
    nom = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, titulaire[:64])])
    depuis = debut or datetime.now(UTC)
    certificat = (
        x509.CertificateBuilder()
        .subject_name(nom)
        .issuer_name(nom)
        .public_key(cle.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(depuis)
        .not_valid_after(depuis + DUREE)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_USAGE, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(cle.public_key()), critical=False)
        .sign(cle, hashes.SHA256())
    )
    chiffrement = BestAvailableEncryption(mot_de_passe.encode())
    return pkcs12.serialize_key_and_certificates(b"cachet", cle, certificat, None, chiffrement)


def enregistrer(chemin: Path, p12: bytes) -> None:
    """Write a new key, readable by its owner alone. Raises FileExistsError: a key is never overwritten."""
    with os.fdopen(os.open(chemin, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as fichier:
        fichier.write(p12)


# What a signature of documents needs (RFC 5280, 4.2.1.3), and nothing else.
_USAGE = x509.KeyUsage(
    digital_signature=True,
    content_commitment=True,
    key_encipherment=False,
    data_encipherment=False,
    key_agreement=False,
    key_cert_sign=False,
    crl_sign=False,
    encipher_only=False,
    decipher_only=False,
)


def _lire(chemin: Path) -> bytes:
    try:
        return chemin.read_bytes()
    except OSError as faute:
        raise CleIllisible(f"Le fichier {chemin} ne se lit pas.") from faute


def _certificat_du_p12(octets: bytes, mot_de_passe: str) -> Certificat:
    try:
        cle, certificat, _ = pkcs12.load_key_and_certificates(octets, mot_de_passe.encode())
    except ValueError as faute:
        raise CleIllisible("La clé du cachet ne s’ouvre pas avec ce mot de passe, ou n’est pas un PKCS#12.") from faute
    if certificat is None or not isinstance(cle, ec.EllipticCurvePrivateKey):
        raise CleIllisible("La clé du cachet doit être une clé ECDSA avec son certificat.")
    return _decrire(certificat)


def _decrire(certificat: x509.Certificate) -> Certificat:
    return Certificat(
        pem=certificat.public_bytes(Encoding.PEM).decode(),
        empreinte=certificat.fingerprint(hashes.SHA256()).hex(),
        sujet=certificat.subject.rfc4514_string(),
        debut=certificat.not_valid_before_utc,
        fin=certificat.not_valid_after_utc,
    )
