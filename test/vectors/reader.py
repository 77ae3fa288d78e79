"""Reads the frozen vectors by the pages in docs/formats alone, with another language and another library.

Needs Debian's python3-cryptography: python3 test/vectors/reader.py
"""

import base64
import hashlib
import hmac
import json
import re
import sys
import unicodedata
from pathlib import Path

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

FROZEN = Path(__file__).parent / "frozen"


class Refused(Exception):
    """With the code of the format pages."""


# --- Encodings -------------------------------------------------------------------------------------------------------


def secret(phrase, length=32):
    return hashlib.sha512(b"usb-video-vault test " + phrase.encode()).digest()[:length]


def b64(text):
    if not re.fullmatch(r"[A-Za-z0-9_-]*", text) or len(text) % 4 == 1:
        raise Refused("MALFORMED")
    data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if base64.urlsafe_b64encode(data).decode().rstrip("=") != text:
        raise Refused("MALFORMED")
    return data


def strict_json(data):
    def members(pairs):
        names = [name for name, _ in pairs]
        if len(set(names)) != len(names) or "__proto__" in names:
            raise Refused("MALFORMED")
        return dict(pairs)

    try:
        return json.loads(data.decode("utf-8"), object_pairs_hook=members)
    except ValueError as error:
        raise Refused("MALFORMED") from error


def lp(*parts):
    encoded = [part.encode() if isinstance(part, str) else part for part in parts]
    return b"".join(len(part).to_bytes(4, "big") + part for part in encoded)


# --- container.md ----------------------------------------------------------------------------------------------------


def open_container(data, input_key, context):
    if len(data) < 56:
        raise Refused("TRUNCATED")
    salt, commitment, body = data[:24], data[24:56], data[56:]
    info = b"c2sp.org/chunked-encryption@v1+AEAD_AES_256_GCM\0" + salt + context
    first = hmac.digest(input_key, info + b"\x01", "sha512")
    okm = first + hmac.digest(input_key, first + info + b"\x02", "sha512")
    key, base_nonce = okm[:32], int.from_bytes(okm[32:44], "big")
    if not hmac.compare_digest(okm[44:76], commitment):
        raise Refused("WRONG_KEY")
    if len(body) % 16400 < 16:
        raise Refused("TRUNCATED")
    clear = b""
    for number, at in enumerate(range(0, len(body), 16400)):
        try:
            clear += AESGCM(key).decrypt((base_nonce ^ number).to_bytes(12, "big"), body[at : at + 16400], None)
        except InvalidTag as error:
            raise Refused("DAMAGED") from error
    return clear


# --- license.md: tokens ----------------------------------------------------------------------------------------------

P, L = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
SMALL_ORDER = {
    0,
    1,
    P - 1,
    0x05FC536D880238B13933C6D305ACDFD5F098EFF289F4C345B027B2C28F95E826,
    0x7A03AC9277FDC74EC6CC392CFA53202A0F67100D760B3CBA4FD84D3D706A17C7,
}


def verify_ed25519(public_key, message, signature):
    def good_point(encoded):
        y = int.from_bytes(encoded, "little") & (2**255 - 1)
        return y < P and y not in SMALL_ORDER

    s = int.from_bytes(signature[32:], "little")
    if len(public_key) != 32 or not good_point(public_key) or not good_point(signature[:32]) or s >= L:
        raise Refused("SIGNATURE_INVALID")
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, message)
    except InvalidSignature as error:
        raise Refused("SIGNATURE_INVALID") from error


def verify_token(token, typ, role, largest, jwks):
    parts = token.split(".")
    if len(token) > largest or len(parts) != 3 or not all(parts):
        raise Refused("MALFORMED")
    header_bytes, payload, signature = (b64(part) for part in parts)
    header = strict_json(header_bytes)
    if len(signature) != 64 or set(header) != {"alg", "kid", "typ"} or header["typ"] != typ:
        raise Refused("MALFORMED")
    if header["alg"] not in ("EdDSA", "Ed25519") or not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", header["kid"]):
        raise Refused("MALFORMED")
    keys = [jwk for jwk in jwks if jwk["kid"] == header["kid"] and jwk["uvv:role"] == role and not jwk.get("uvv:retired")]
    if not keys:
        raise Refused("KEY_UNKNOWN")
    verify_ed25519(b64(keys[0]["x"]), f"{parts[0]}.{parts[1]}".encode(), signature)
    return strict_json(payload)


def unarmor(word, text):
    begin, end = (f"-----{line} USB VIDEO VAULT {word}-----" for line in ("BEGIN", "END"))
    if begin not in text:
        return text
    inside, closed, _ = text.split(begin, 1)[1].partition(end)
    if not closed:
        raise Refused("MALFORMED")
    return re.sub(r"[ \t\r\n]", "", inside)


# --- license.md: the vault key ---------------------------------------------------------------------------------------


def place(claims, vault, device):
    return lp("uvv-kek/1", claims["iss"], claims["lid"], str(claims["seq"]), vault["id"], claims["bind"]["stick"], device)


def hpke_open(private_key, enc, ct, info):
    def extract(suite, salt, label, ikm):
        return hmac.digest(salt or bytes(32), b"HPKE-v1" + suite + label + ikm, "sha256")

    def expand(suite, prk, label, data, length):
        return hmac.digest(prk, length.to_bytes(2, "big") + b"HPKE-v1" + suite + label + data + b"\x01", "sha256")[:length]

    mine = X25519PrivateKey.from_private_bytes(private_key)
    public = mine.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    kem, suite = b"KEM\x00\x20", b"HPKE\x00\x20\x00\x01\x00\x02"
    eae = extract(kem, b"", b"eae_prk", mine.exchange(X25519PublicKey.from_public_bytes(enc)))
    shared = expand(kem, eae, b"shared_secret", enc + public, 32)
    context = b"\0" + extract(suite, b"", b"psk_id_hash", b"") + extract(suite, b"", b"info_hash", info)
    prk = extract(suite, shared, b"secret", b"")
    return AESGCM(expand(suite, prk, b"key", context, 32)).decrypt(expand(suite, prk, b"base_nonce", context, 12), ct, b"")


def passphrase_open(passphrase, kek, aad):
    letters = unicodedata.normalize("NFKC", passphrase).lower()
    phrase = "".join(c for c in letters if not c.isspace() and unicodedata.category(c) != "Pd").encode()
    cost = {"n": kek["n"], "r": kek["r"], "p": kek["p"]}
    wrapping = hashlib.scrypt(phrase, salt=b64(kek["salt"]), maxmem=2**28, dklen=32, **cost)
    sealed = b64(kek["sealed"])
    return AESGCM(wrapping).decrypt(sealed[:12], sealed[12:], aad)


def mark(key, label, kind, value):
    sealed = hmac.digest(key, lp(label, kind, value), "sha256")[:16]
    return base64.urlsafe_b64encode(sealed).decode().rstrip("=")


def device_marks(private_key, computer):
    def of(kind, value):
        return mark(private_key, "uvv-device-mark/1", kind, value)

    net = [of("net", address) for address in computer["net"].split()]
    return {"os": of("os", computer["os"]), "disk": of("disk", computer["disk"]), "net": net}


def stick_marks(stick_id, drive):
    return {kind: mark(lp(stick_id), "uvv-stick-mark/1", kind, drive[kind]) for kind in ("serial", "volume", "partition")}


def is_same_computer(licensed, here):
    agree = [set(licensed[kind]) & set(here.get(kind, [])) if kind == "net" else licensed[kind] == here.get(kind) for kind in licensed]
    return sum(not one for one in agree) <= 1


def is_same_drive(licensed, here):
    known = {kind: licensed[kind] == here[kind] for kind in licensed if kind in here}
    return known["serial"] if "serial" in known else not known or any(known.values())


# --- stick.md --------------------------------------------------------------------------------------------------------


def subkey(kek, label):
    prk = hmac.digest(bytes(32), kek, "sha256")
    return hmac.digest(prk, lp(label) + b"\x01", "sha256")


def open_stick(files, jwks, kek):
    def sha256(data):
        return base64.urlsafe_b64encode(hashlib.sha256(data).digest()).decode().rstrip("=")

    trusted = []
    for name in files:
        match = re.fullmatch(r"VAULT/manifest\.([1-9]\d{0,9})\.jws", name)
        if match:
            claims = verify_token(files[name].decode(), "uvv-manifest+jws", "vault-publisher", 16 * 2**20, jwks)
            if claims["gen"] == int(match[1]):
                trusted.append(claims)
    manifest = max(trusted, key=lambda claims: claims["gen"])
    catalog = files[f"VAULT/manifest.{manifest['gen']}.uvv"]
    if len(catalog) != manifest["catalog"]["size"] or sha256(catalog) != manifest["catalog"]["sha256"]:
        raise Refused("INCOMPLETE")
    vault = manifest["vaultId"]
    videos = strict_json(open_container(catalog, subkey(kek, "uvv-catalog-key/1"), lp("uvv-catalog/1", vault)))["videos"]
    parts = {file["id"]: file["parts"] for file in manifest["files"]}
    for video in videos:
        file = video["file"]
        sealed = b""
        for number, part in enumerate(parts[file["id"]]):
            data = files[f"VAULT/data/{file['id']}/{number:03}"]
            if len(data) != part["size"] or sha256(data) != part["sha256"]:
                raise Refused("CHANGED")
            sealed += data
        context = lp("uvv-file/1", vault, file["id"], "video")
        wrapped = b64(file["key"])
        key = AESGCM(subkey(kek, "uvv-wrap-key/1")).decrypt(wrapped[:12], wrapped[12:], context)
        clear = open_container(sealed, key, context)
        assert len(clear) == file["bytes"]
        yield video["title"], clear


# --- The vectors -----------------------------------------------------------------------------------------------------


def refusal(action):
    try:
        action()
    except Refused as error:
        return str(error)
    return "accepted"


def check_container(vector):
    key, context = secret(vector["keyPhrase"]), vector["context"].encode()
    for name in ("short", "empty"):
        assert open_container(bytes.fromhex(vector[name]["container"]), key, context) == vector[name]["clear"].encode()
    good = bytes.fromhex(vector["short"]["container"])
    assert refusal(lambda: open_container(good[:-1], key, context)) == "DAMAGED"
    assert refusal(lambda: open_container(good[:56], key, context)) == "TRUNCATED"
    assert refusal(lambda: open_container(good, key, b"other")) == "WRONG_KEY"


def check_license(vector):
    kek = secret(vector["vaultKeyPhrase"])

    def read(token):
        return verify_token(token, "uvv-license+jws", "license-issuer", 16 * 2**10, [vector["issuer"]])

    claims = read(vector["license"])
    assert claims == json.loads(vector["payload"]) == read(unarmor("LICENSE", vector["armored"]))
    assert claims["nbf"] <= vector["now"] < claims["exp"]
    vault = claims["vaults"][0]
    sealed = vault["kek"]["device"]
    device = claims["bind"]["device"]
    opened = hpke_open(secret(vector["devicePhrase"]), b64(sealed["enc"]), b64(sealed["ct"]), place(claims, vault, device))
    assert opened == kek
    assert passphrase_open(vector["passphrase"], vault["kek"]["passphrase"], place(claims, vault, "")) == kek

    computer, drive = vector["hardware"]["computer"], vector["hardware"]["drive"]
    key, stick = secret(vector["devicePhrase"]), claims["bind"]["stick"]
    licensed, on_stick = claims["bind"]["deviceMarks"], claims["bind"]["stickMarks"]
    assert licensed == device_marks(key, computer) and on_stick == stick_marks(stick, drive)
    card = device_marks(key, {**computer, "net": "3c:22:fb:00:00:03"})
    copied = device_marks(key, {**computer, "os": "", "disk": ""})
    assert is_same_computer(licensed, card) and not is_same_computer(licensed, copied)
    assert is_same_drive(on_stick, stick_marks(stick, {**drive, "volume": "", "partition": ""}))
    assert not is_same_drive(on_stick, stick_marks(stick, {**drive, "serial": "4C530002"}))
    assert is_same_drive(on_stick, {"volume": on_stick["volume"], "partition": "other"}) and is_same_drive(on_stick, {})
    assert not is_same_drive(on_stick, {"volume": "other", "partition": "other"})

    header, payload, signature = vector["license"].split(".")
    changed = base64.urlsafe_b64encode(b64(payload).replace(b'"seq":5', b'"seq":6')).decode().rstrip("=")
    assert refusal(lambda: read(f"{header}.{changed}.{signature}")) == "SIGNATURE_INVALID"
    assert refusal(lambda: read(vector["license"] + "\n")) == "MALFORMED"
    assert refusal(lambda: read(vector["revocations"])) == "MALFORMED"

    lists = [vector["revocationIssuer"]]
    revoked = verify_token(vector["revocations"], "uvv-revocations+jws", "revocation-list", 64 * 2**10, lists)
    assert revoked["seq"] == 3 and revoked["licenses"] == [claims["lid"]]

    request = strict_json(b64(vector["request"].split(".")[1]))
    own = {"kid": "device", "uvv:role": "device", "x": request["ed25519"]}
    assert verify_token(vector["request"], "uvv-request+jws", "device", 4 * 2**10, [own]) == request
    jwk = json.dumps({"crv": "X25519", "kty": "OKP", "x": request["x25519"]}, separators=(",", ":"))
    name = base64.urlsafe_b64encode(hashlib.sha256(jwk.encode()).digest()).decode().rstrip("=")
    assert name == request["device"] == device
    assert request["deviceMarks"] == licensed and request["stickMarks"] == on_stick


def check_stick(vector):
    files = {name: b64(content) for name, content in vector["files"].items()}
    kek = secret(vector["vaultKeyPhrase"])
    assert list(open_stick(files, [vector["publisher"]], kek)) == [("lighthouse", vector["video"].encode())]
    assert refusal(lambda: list(open_stick(files, [], kek))) == "KEY_UNKNOWN"
    assert refusal(lambda: list(open_stick(files, [vector["publisher"]], secret("other")))) == "WRONG_KEY"


def apply_manifest(token, roots):
    parents = [jwk for jwk in roots if jwk["uvv:role"] == "key-manifest"]
    manifest = verify_token(token, "uvv-keys+jws", "key-manifest", 64 * 2**10, parents)
    if any(jwk["uvv:role"] == "key-manifest" for jwk in manifest["keys"]):
        raise Refused("MALFORMED")
    return parents + manifest["keys"]


def check_keys(vector):
    before = json.loads((FROZEN / "license.json").read_text())
    after = apply_manifest(vector["keys"], [vector["parent"], before["issuer"]])

    def read(token, roots):
        return verify_token(token, "uvv-license+jws", "license-issuer", 16 * 2**10, roots)

    assert refusal(lambda: read(before["license"], [before["issuer"]])) == "accepted"
    assert refusal(lambda: read(before["license"], after)) == "KEY_UNKNOWN"
    assert refusal(lambda: read(vector["licenseOfNextKey"], [before["issuer"]])) == "KEY_UNKNOWN"
    assert read(vector["licenseOfNextKey"], after)["seq"] == 5
    assert refusal(lambda: apply_manifest(vector["keys"], [before["issuer"]])) == "KEY_UNKNOWN"

    own = {"kid": "device", "uvv:role": "device", "x": vector["device"]}
    proof = verify_token(vector["return"], "uvv-return+jws", "device", 4 * 2**10, [own])
    assert proof == vector["returned"]


def main():
    for name, check in (("container", check_container), ("license", check_license), ("stick", check_stick), ("keys", check_keys)):
        check(json.loads((FROZEN / f"{name}.json").read_text()))
        sys.stdout.write(f"{name}: as the pages say\n")


main()
