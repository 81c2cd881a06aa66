"""Seals PDFs with pyHanko (PAdES baseline B-B, certification that forbids any change) and checks seals, in this process.

Importing pyHanko costs one to two seconds: the web never does (see `isole`).
"""

import logging
from collections.abc import Iterator
from datetime import datetime
from io import BytesIO
from typing import Any

from asn1crypto import cms
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import fields, signers
from pyhanko.sign.validation import EmbeddedPdfSignature, validate_pdf_signature
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from integrations.cachet.api import SANS_CACHET, CleAbsente, EtatDuCachet
from integrations.cachet.trousseau import Trousseau

CHAMP = "Cachet"
TAILLE_DU_CACHET = 8192
# pyHanko tells through its logger what it thinks of a file, which may come from anybody
logging.getLogger("pyhanko").setLevel(logging.CRITICAL)
logging.getLogger("pyhanko_certvalidator").setLevel(logging.CRITICAL)


class CachetPyhanko:
    """The seal of this portal."""

    def __init__(self, trousseau: Trousseau) -> None:
        self._trousseau = trousseau

    def sceller(self, pdf: bytes, *, motif: str) -> bytes:
        """Certify the PDF: `motif` says why, in French. The field is hidden, as PDF/UA wants it. Raises CleAbsente."""
        if not self._trousseau.p12:
            raise CleAbsente("No key to seal with is configured.")
        signataire = signers.SimpleSigner.load_pkcs12_data(
            self._trousseau.p12, other_certs=[], passphrase=self._trousseau.mot_de_passe.encode()
        )
        reglages = signers.PdfSignatureMetadata(
            field_name=CHAMP,
            reason=motif,
            subfilter=fields.SigSeedSubFilter.PADES,
            md_algorithm="sha256",
            certify=True,
            docmdp_permissions=fields.MDPPerm.NO_CHANGES,
        )
        scellement = signers.PdfSigner(reglages, signataire, new_field_spec=_CHAMP_CACHE)
        octets: bytes = scellement.sign_pdf(
            IncrementalPdfFileWriter(BytesIO(pdf)), bytes_reserved=TAILLE_DU_CACHET
        ).getvalue()
        return octets

    def controler(self, pdf: bytes) -> EtatDuCachet:
        """What the file says of its seal; whatever cannot be read is not a good seal. Raises MemoryError alone."""
        try:
            return _controler(pdf, self._trousseau)
        except MemoryError:
            raise
        except Exception:  # noqa: BLE001  # a file from anybody may break a reader in any way: it is then no seal of ours
            return EtatDuCachet(present=b"/ByteRange" in pdf)


def extraire_jointe(pdf: bytes, nom: str) -> bytes | None:
    """The file of that name attached to a PDF; None when there is none, or when the PDF cannot be read."""
    try:
        racine = PdfFileReader(BytesIO(pdf)).root
        for trouve, fiche in _noms(racine["/Names"]["/EmbeddedFiles"]):
            if trouve == nom:
                octets: bytes = fiche["/EF"]["/F"].data
                return octets
    except Exception:  # noqa: BLE001  # same reason: a file from anybody
        return None
    return None


_CHAMP_CACHE = fields.SigFieldSpec(
    CHAMP,
    readable_field_name="Cachet électronique du portail",
    invis_sig_settings=fields.InvisSigSettings(set_print_flag=False, set_hidden_flag=True, box_out_of_bounds=True),
)


def _controler(pdf: bytes, trousseau: Trousseau) -> EtatDuCachet:
    lecteur = PdfFileReader(BytesIO(pdf))
    cachets = lecteur.embedded_signatures
    if not cachets:
        return SANS_CACHET
    cachet = cachets[0]
    statut = validate_pdf_signature(
        cachet, ValidationContext(trust_roots=[cachet.signer_cert], allow_fetching=False, moment=_instant(cachet))
    )
    entier = statut.coverage == SignatureCoverageLevel.ENTIRE_FILE and len(cachets) == 1
    empreinte = cachet.signer_cert.sha256.hex()
    return EtatDuCachet(
        present=True,
        intact=bool(statut.intact and statut.valid and statut.docmdp_ok and _est_canonique(pdf, cachet)),
        fichier_entier=entier,
        origine=trousseau.origine(empreinte),
        certificat=empreinte,
        scelle_at=_instant(cachet),
    )


def _est_canonique(pdf: bytes, cachet: EmbeddedPdfSignature) -> bool:
    """True when the bytes that a signature cannot cover, its own, are exactly those that we write: no other spelling of them."""
    debut, longueur, reprise, _ = (int(borne) for borne in cachet.byte_range)
    place = pdf[debut + longueur : reprise]
    contenu = cms.ContentInfo.load(bytes.fromhex(place[1:-1].decode("ascii").rstrip("0").ljust(len(place) - 2, "0")))
    der = contenu.dump(force=True)
    donnees, signature = contenu["content"], cachet.signer_info
    return all(
        (
            place == b"<" + der.hex().upper().encode().ljust(len(place) - 2, b"0") + b">",
            donnees["version"].native == "v1",
            signature["version"].native == "v1",
            # names are compared without regard to case: the letters of this one are held to those of the certificate
            signature["sid"].chosen["issuer"].dump() == cachet.signer_cert.issuer.dump(),
            [un["algorithm"].native for un in donnees["digest_algorithms"]] == ["sha256"],
            signature["digest_algorithm"]["algorithm"].native == "sha256",
            signature["signature_algorithm"]["algorithm"].native == "sha256_ecdsa",
            [un.chosen.dump() for un in donnees["certificates"]] == [cachet.signer_cert.dump()],
            donnees["crls"].native is None,
            signature["unsigned_attrs"].native is None,
        )
    )


def _instant(cachet: EmbeddedPdfSignature) -> datetime | None:
    instant: datetime | None = cachet.self_reported_timestamp
    return instant


def _noms(noeud: Any) -> Iterator[tuple[str, generic.DictionaryObject]]:
    """The leaves of a name tree."""
    for enfant in noeud.get("/Kids", ()):
        yield from _noms(enfant.get_object())
    paires = list(noeud.get("/Names", ()))
    for nom, fiche in zip(paires[::2], paires[1::2], strict=True):
        yield str(nom), fiche.get_object()
