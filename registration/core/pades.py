"""Signs PDFs as PAdES B-B (ETSI EN 319 142-1) with pyHanko, whose import takes two seconds."""

from io import BytesIO

from asn1crypto import x509  # type: ignore[import-untyped]  # ships no types
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import Certificate
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import PdfSignatureMetadata, PdfSigner, Signer
from pyhanko.sign.fields import InvisSigSettings, MDPPerm, SigFieldSpec, SigSeedSubFilter
from pyhanko_certvalidator.registry import SimpleCertificateStore

from registration.core.key_file import KeyFile

_FIELD = "Seal"
_ROOM_BESIDE_CERTIFICATES = 3072  # bytes; attributes and an RSA signature of 4 096 bits take half of it


class Sealer:
    """Seals one PDF after another with a key that is loaded once."""

    def __init__(self, key_file: KeyFile) -> None:
        self.valid_until = key_file.valid_until
        how = PdfSignatureMetadata(
            field_name=_FIELD,
            md_algorithm="sha256",
            subfilter=SigSeedSubFilter.PADES,
            certify=True,  # whatever is added to the paper afterwards, a note or a page, breaks the seal too
            docmdp_permissions=MDPPerm.NO_CHANGES,
        )
        # PDF/UA wants every field that is not hidden to be tagged.
        field = SigFieldSpec(_FIELD, invis_sig_settings=InvisSigSettings(set_print_flag=False, set_hidden_flag=True))
        self._signer = PdfSigner(how, signer=_LoadedKey(key_file), new_field_spec=field)
        certificates = (key_file.certificate, *key_file.chain)
        # Else pyHanko would sign twice, the first time to see how long it gets. The PDF has it as hexadecimal digits.
        self._digits = 2 * (sum(len(_der(each)) for each in certificates) + _ROOM_BESIDE_CERTIFICATES)

    def seal(self, pdf: bytes) -> bytes:
        """Return the PDF with an invisible seal appended."""
        sealed = BytesIO()
        self._signer.sign_pdf(IncrementalPdfFileWriter(BytesIO(pdf)), bytes_reserved=self._digits, output=sealed)
        return sealed.getvalue()


class _LoadedKey(Signer):
    """pyHanko's own signer reads the key again for each signature, which for RSA takes longer than all the rest."""

    def __init__(self, key_file: KeyFile) -> None:
        known = SimpleCertificateStore()  # type: ignore[no-untyped-call]  # ships half its types
        known.register_multiple([_as_asn1(each) for each in key_file.chain])
        super().__init__(signing_cert=_as_asn1(key_file.certificate), cert_registry=known)
        self._key = key_file.key

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
        if isinstance(self._key, RSAPrivateKey):
            return self._key.sign(data, PKCS1v15(), SHA256())
        return self._key.sign(data, ECDSA(SHA256()))


def _as_asn1(certificate: Certificate) -> x509.Certificate:
    return x509.Certificate.load(_der(certificate))


def _der(certificate: Certificate) -> bytes:
    return certificate.public_bytes(Encoding.DER)
