"""Reads the frozen vectors by the pages in docs/formats alone, with another language and another library.

Needs Debian's python3-cryptography: python3 test/vectors/reader.py
"""

import base64
import hashlib
import hmac
import json
import math
import re
import sys
import unicodedata
import zlib
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
    return numbered(strict_json(payload))


def numbered(value):
    """Numbers count by their value: 1.0 is the integer 1."""
    if isinstance(value, dict):
        return {name: numbered(member) for name, member in value.items()}
    if isinstance(value, list):
        return [numbered(member) for member in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


TYP = {
    "LICENSE": "uvv-license+jws",
    "ACTIVATION REQUEST": "uvv-request+jws",
    "REVOCATION LIST": "uvv-revocations+jws",
    "RETURN PROOF": "uvv-return+jws",
    "TELEMETRY ENROLMENT": "uvv-enrol+jws",
}


def without_markup(text):
    if re.search(r"=\r?\n|=(?:3D|20|2E|C2|E2)", text, re.I):
        text = re.sub(r"=[ \t]*\r?\n", "", text)
        text = re.sub(r"=([0-9A-Fa-f]{2})", lambda found: chr(int(found[1], 16)), text)
    text = re.sub(r"<[^<>]{0,200}>|&(?:[A-Za-z]{1,8}|#\d{1,6});", "", text)
    text = re.sub(r"^(?:[ \t]*[A-Za-z]{0,4}[>|])+", "", text, flags=re.M)
    return re.sub("[\u2014\u2015]", "--", re.sub("[\u2010-\u2013\u2212]", "-", text))


def header_at_end(text, typ):
    for found in re.finditer("eyJ", text):
        try:
            header = strict_json(b64(text[found.start() :]))
        except Exception:
            continue
        if isinstance(header, dict) and header.get("typ") == typ:
            return text[found.start() :]
    return None


def unarmor(word, text):
    if not text or len(text.encode("utf-16-le", "surrogatepass")) // 2 > 80 * 2**10:
        raise Refused("MALFORMED")
    parts = re.sub(r"[^A-Za-z0-9_.-]", "", without_markup(text)).split(".")
    for before, payload, after in zip(parts, parts[1:], parts[2:]):
        header = header_at_end(before[-1000:], TYP[word])
        if payload and len(after) >= 86 and header:
            return f"{header}.{payload}.{after[:86]}"
    raise Refused("MALFORMED")


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


def check_commitment(vault, kek):
    assert hmac.digest(kek, lp("uvv-kek-commitment/1", vault["id"]), "sha256") == b64(vault["commitment"])


def mark(key, label, kind, value):
    sealed = hmac.digest(key, lp(label, kind, value), "sha256")[:16]
    return base64.urlsafe_b64encode(sealed).decode().rstrip("=")


def device_marks(private_key, computer):
    key = subkey(private_key, "uvv-device-mark-key/1")

    def of(kind, value):
        return mark(key, "uvv-device-mark/1", kind, value)

    net = [of("net", address) for address in computer["net"].split()]
    return {"os": of("os", computer["os"]), "disk": of("disk", computer["disk"]), "net": net}


def stick_marks(mark_key, drive):
    return {kind: mark(b64(mark_key), "uvv-stick-mark/1", kind, drive[kind]) for kind in ("serial", "volume", "partition")}


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


# Each list begins with the weakest.
CAPTURES = ["allow", "block", "require"]
WATERMARKS = ["none", "corner", "moving"]


def read_catalog(catalog):
    if catalog["v"] > 3:
        raise Refused("APP_TOO_OLD")
    if not isinstance(catalog.get("hidesTitles", False), bool):
        raise Refused("DAMAGED")
    if catalog["v"] == 3 and not (
        catalog["protection"]["capture"] in CAPTURES and catalog["protection"]["watermark"] in WATERMARKS
    ):
        raise Refused("DAMAGED")
    sections = catalog["sections"] if catalog["v"] >= 2 else []
    assert len(sections) <= 2000
    for entry in sections + catalog["videos"]:
        assert len(entry["title"]) <= 500
    for entry in sections + (catalog["videos"] if catalog["v"] >= 2 else []):
        assert len(entry.get("description", "")) <= 5000
        if entry.get("section", -1) >= len(sections):
            raise Refused("DAMAGED")
    return catalog["videos"]


def storyboard_of(video):
    """The storyboard of a video; None where it has none that a reader takes."""
    board = video.get("storyboard")
    limits = {"everySeconds": 2**53 - 1, "width": 320, "height": 320, "columns": 5, "rows": 5, "count": 1000}
    if not isinstance(board, dict):
        return None
    if not all(type(board.get(name)) is int and 1 <= board[name] <= limit for name, limit in limits.items()):
        return None
    sheets = board["sheets"]
    if len(sheets) != math.ceil(board["count"] / (board["columns"] * board["rows"])) or sum(sheets) != board["bytes"]:
        return None
    if not all(type(sheet) is int and 1 <= sheet <= 2 * 2**20 for sheet in sheets):
        return None
    return board if board["count"] == math.ceil(video["durationSeconds"] / board["everySeconds"]) else None


def open_stick(files, jwks, kek):
    def sha256(data):
        return base64.urlsafe_b64encode(hashlib.sha256(data).digest()).decode().rstrip("=")

    trusted, contents = [], {}
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
    clear = strict_json(open_container(catalog, subkey(kek, "uvv-catalog-key/1"), lp("uvv-catalog/1", vault)))
    videos = read_catalog(clear)
    parts = {file["id"]: file["parts"] for file in manifest["files"]}
    def content_of(file, role):
        sealed = b""
        for number, part in enumerate(parts[file["id"]]):
            data = files[f"VAULT/data/{file['id']}/{number:03}"]
            if len(data) != part["size"] or sha256(data) != part["sha256"]:
                raise Refused("CHANGED")
            sealed += data
        context = lp("uvv-file/1", vault, file["id"], role)
        wrapped = b64(file["key"])
        key = AESGCM(subkey(kek, "uvv-wrap-key/1")).decrypt(wrapped[:12], wrapped[12:], context)
        clear = open_container(sealed, key, context)
        assert len(clear) == file["bytes"]
        return {"role": role, "content": clear.decode()}

    for video in videos:
        assert len(video["title"]) <= 500 and len(video["chapters"]) <= 1000
        contents[video["file"]["id"]] = content_of(video["file"], "video")
        if "poster" in video:
            contents[video["poster"]["id"]] = content_of(video["poster"], "poster")
        if storyboard_of(video):
            contents[video["storyboard"]["id"]] = content_of(video["storyboard"], "storyboard")
        for subtitle in video["subtitles"]:
            contents[subtitle["id"]] = content_of(subtitle, "subtitle")
    return manifest, videos, contents


# --- content-pack.md -------------------------------------------------------------------------------------------------


def sha256_text(data):
    return base64.urlsafe_b64encode(hashlib.sha256(data).digest()).decode().rstrip("=")


def read_pack(data, jwks):
    """The files that a pack writes onto its stick, in their order."""
    at = 0

    def take(size):
        nonlocal at
        if at + size > len(data):
            raise Refused("TRUNCATED")
        at += size
        return data[at - size : at]

    def measured(largest):
        size = int.from_bytes(take(4), "big")
        if size > largest:
            raise Refused("MALFORMED")
        return take(size)

    def section(entry):
        content = take(entry["size"])
        if sha256_text(content) != entry["sha256"]:
            raise Refused("DAMAGED")
        return content

    if take(8) != b"UVVPACK1":
        raise Refused("MALFORMED")
    keys = measured(65_536)
    header = verify_token(measured(4 * 2**20).decode(), "uvv-pack+jws", "vault-publisher", 4 * 2**20, jwks)
    token = section(header["manifest"])
    manifest = verify_token(token.decode(), "uvv-manifest+jws", "vault-publisher", 16 * 2**20, jwks)
    if any(manifest[name] != header[name] for name in ("vaultId", "stickId", "gen", "catalog")):
        raise Refused("MALFORMED")
    catalog = section(header["catalog"])
    revocations = section(header["revocations"]) if "revocations" in header else b""
    parts = {file["id"]: file["parts"] for file in manifest["files"]}
    files = {}
    for file in header["files"]:
        for number, part in enumerate(parts[file]):
            files[f"VAULT/data/{file}/{number:03}"] = section(part)
    if at != len(data):
        raise Refused("MALFORMED")
    if keys:
        files["VAULT/keys.uvvkeys"] = keys
    if revocations:
        files["VAULT/revocations.uvvrev"] = revocations
    files[f"VAULT/manifest.{header['gen']}.uvv"] = catalog
    files[f"VAULT/manifest.{header['gen']}.jws"] = token
    return header, files


UNSAFE = re.compile("[\\x00-\\x1f\\x7f-\\x9f\\u061c\\u200e\\u200f\\u2028-\\u202e\\u2066-\\u2069\\ud800-\\udfff]")


def read_ledger_copy(text, seal_key, stick_id):
    record, _, seal = text.rpartition(".")
    if not hmac.compare_digest(b64(seal), hmac.digest(seal_key, lp("uvv-ledger-stick/1", stick_id, record), "sha256")):
        raise Refused("not ours")
    return strict_json(record.encode())


# --- update-feed.md --------------------------------------------------------------------------------------------------


def canonical(value):
    if isinstance(value, dict):
        names = sorted(value, key=lambda name: name.encode("utf-16-be"))
        return "{" + ",".join(f"{canonical(name)}:{canonical(value[name])}" for name in names) + "}"
    if isinstance(value, list):
        return "[" + ",".join(canonical(member) for member in value) + "]"
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return json.dumps(value)


def verify_role(data, largest, entry, keys):
    if len(data) > largest:
        raise Refused("TOO_LARGE")
    metadata = strict_json(data)
    message = canonical(metadata["signed"]).encode()
    signed = set()
    for signature in metadata["signatures"]:
        key = keys.get(signature["keyid"])
        if signature["keyid"] not in entry["keyids"] or key is None:
            continue
        assert hashlib.sha256(canonical(key).encode()).hexdigest() == signature["keyid"]
        try:
            Ed25519PublicKey.from_public_bytes(bytes.fromhex(key["keyval"]["public"])).verify(bytes.fromhex(signature["sig"]), message)
            signed.add(signature["keyid"])
        except InvalidSignature:
            continue
    if len(signed) < entry["threshold"]:
        raise Refused("SIGNATURE_INVALID")
    return metadata["signed"]


def read_feed(anchor, files):
    root = strict_json(anchor)["signed"]
    root = verify_role(anchor, 512_000, root["roles"]["root"], root["keys"])

    def listed(name, about, largest, entry, keys):
        data = files[f"metadata/{name}"]
        if len(data) != about["length"] or hashlib.sha256(data).hexdigest() != about["hashes"]["sha256"]:
            raise Refused("MISMATCH")
        signed = verify_role(data, largest, entry, keys)
        assert signed["version"] == about["version"]
        return signed

    timestamp = verify_role(files["metadata/timestamp.json"], 16_384, root["roles"]["timestamp"], root["keys"])
    about = timestamp["meta"]["snapshot.json"]
    snapshot = listed(f"{about['version']}.snapshot.json", about, 2_000_000, root["roles"]["snapshot"], root["keys"])

    def role(name, entry, keys):
        about = snapshot["meta"][f"{name}.json"]
        return listed(f"{about['version']}.{name}.json", about, 5_000_000, entry, keys)

    targets = role("targets", root["roles"]["targets"], root["keys"])
    found = {"targets": targets}
    for entry in targets["delegations"]["roles"]:
        assert entry["terminating"]
        found[entry["name"]] = role(entry["name"], entry, targets["delegations"]["keys"])

    def document(role_name, path):
        about = found[role_name]["targets"][path]
        folder, _, name = path.rpartition("/")
        data = files["/".join(filter(None, ["targets", folder, f"{about['hashes']['sha256']}.{name}"]))]
        if len(data) != about["length"] or hashlib.sha256(data).hexdigest() != about["hashes"]["sha256"]:
            raise Refused("MISMATCH")
        return data, about.get("custom")

    generations = {entry["name"]: entry.get("uvv:generation", 1) for entry in targets["delegations"]["roles"]}
    return found, generations, document


def bucket(install, build):
    return int.from_bytes(hashlib.sha256(f"{install}:{build}".encode()).digest()[:4], "big") % 10000


# --- telemetry.md ----------------------------------------------------------------------------------------------------


def plain(value):
    """The JSON that an OTLP value stands for."""
    if not value:
        return None
    ((kind, content),) = value.items()
    if kind == "kvlistValue":
        return {pair["key"]: plain(pair["value"]) for pair in content["values"]}
    if kind == "arrayValue":
        return [plain(one) for one in content["values"]]
    return int(content) if kind == "intValue" else content


def read_segment(name, content):
    number, born, lane = re.fullmatch(r"(\d{12})\.(\d{1,11})\.([ab])\.seg", name).groups()
    events = []
    for line in content.encode().split(b"\n")[:-1]:
        assert line[:9] == b"%08x " % zlib.crc32(line[9:])
        events.append(strict_json(line[9:]))
    return int(number), int(born), lane, events


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
    check_commitment(vault, kek)

    computer, drive = vector["hardware"]["computer"], vector["hardware"]["drive"]
    key, stick = secret(vector["devicePhrase"]), vector["hardware"]["markKey"]
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
    _, videos, contents = open_stick(files, [vector["publisher"]], kek)
    assert [video["title"] for video in videos] == ["lighthouse"]
    assert list(contents.values()) == [{"role": "video", "content": vector["video"]}]
    assert refusal(lambda: open_stick(files, [], kek)) == "KEY_UNKNOWN"
    assert refusal(lambda: open_stick(files, [vector["publisher"]], secret("other"))) == "WRONG_KEY"


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


def check_license_members(vector):
    issuers = [vector["issuer"], vector["retiredIssuer"]]
    kek, passphrase = secret(vector["vaultKeyPhrase"]), vector["passphrase"]

    def read(token):
        return verify_token(token, "uvv-license+jws", "license-issuer", 16 * 2**10, issuers)

    claims = read(vector["deviceLicense"])
    bind, kept = claims["bind"], claims["vaults"][0]["kek"]
    assert bind["mode"] == "device" and set(kept) == {"device"} and claims["seq"] == 6
    sealed = kept["device"]
    info = place(claims, claims["vaults"][0], bind["device"])
    assert hpke_open(secret(vector["devicePhrase"]), b64(sealed["enc"]), b64(sealed["ct"]), info) == kek
    check_commitment(claims["vaults"][0], kek)
    assert unarmor("LICENSE", vector["licenseFile"]) == vector["deviceLicense"]

    claims = read(vector["stickLicense"])
    kept = claims["vaults"][0]["kek"]
    assert claims["bind"]["mode"] == "stick" and set(kept) == {"passphrase"} and claims["seq"] == 7
    assert passphrase_open(passphrase, kept["passphrase"], place(claims, claims["vaults"][0], "")) == kek
    check_commitment(claims["vaults"][0], kek)
    token = unarmor("REVOCATION LIST", vector["revocations"])
    revoked = verify_token(token, "uvv-revocations+jws", "revocation-list", 64 * 2**10, [vector["revocationIssuer"]])
    assert revoked["seq"] >= claims["revMin"] and claims["lid"] not in revoked["licenses"] and revoked["keys"] == ["issuer-0"]

    assert refusal(lambda: read(vector["licenseOfRetiredKey"])) == "KEY_UNKNOWN"
    assert read(vector["numbersSpelledOtherwise"])["grace"] == 604800

    token = unarmor("TELEMETRY ENROLMENT", vector["licenseFile"])
    enrolled = verify_token(token, "uvv-enrol+jws", "telemetry-enrolment", 4 * 2**10, [vector["enrolmentIssuer"]])
    assert token == vector["enrolment"] and enrolled == vector["enrolmentClaims"]
    assert enrolled["device"] == bind["device"] and vector["now"] < enrolled["exp"]

    for what, text, expected in vector["armour"]:
        result = refusal(lambda text=text: read(unarmor("LICENSE", text)))
        assert result == ("accepted" if expected is True else expected), what


def check_stick_members(vector):
    files = {name: content.encode() for name, content in vector["texts"].items()}
    files |= {name: b64(content) for name, content in vector["files"].items()}
    manifest, videos, contents = open_stick(files, [vector["publisher"]], secret(vector["vaultKeyPhrase"]))
    assert contents == vector["contents"]
    assert videos == json.loads(vector["catalog"])["videos"]
    titles = [chapter["title"] for chapter in videos[0]["chapters"]]
    lines = [manifest["label"], videos[0]["title"], videos[0]["subtitles"][0]["label"], *titles]
    assert not any(UNSAFE.search(line) for line in lines) and len(manifest["label"]) == 6
    assert {"poster", "subtitles", "sounds", "chapters"} <= set(videos[0])
    assert videos[0]["subtitles"][0]["kind"] in ("forced", "sdh", "commentary")
    assert [sound["language"] for sound in videos[0]["sounds"] if sound["isDefault"]] == ["fr"]
    (path,) = (name for name in files if name.endswith(".uvvled"))
    seal_key = secret(vector["ledgerSealPhrase"])
    record = read_ledger_copy(vector["texts"][path], seal_key, manifest["stickId"])
    assert path == f"VAULT/ledger/{record['installId']}.uvvled" and record["manifests"][0][0] == manifest["stickId"]
    assert refusal(lambda: read_ledger_copy(vector["texts"][path], seal_key, "other")) == "not ours"
    assert apply_manifest(vector["texts"]["VAULT/keys.uvvkeys"], [vector["parent"]])


def check_stick_sections(vector):
    files = {name: content.encode() for name, content in vector["texts"].items()}
    files |= {name: b64(content) for name, content in vector["files"].items()}
    _, videos, contents = open_stick(files, [vector["publisher"]], secret(vector["vaultKeyPhrase"]))
    catalog = json.loads(vector["catalog"])
    assert contents == vector["contents"] and videos == catalog["videos"] and catalog["v"] == 2
    titles = [None if "section" not in video else catalog["sections"][video["section"]]["title"] for video in videos]
    assert titles == [None, "1. Les nœuds", "2. Voiles"]
    assert videos[1]["description"].split("\n") == ["A bowline", "in two ways."]
    assert refusal(lambda: read_catalog({**catalog, "v": 4})) == "APP_TOO_OLD"
    assert refusal(lambda: read_catalog({**catalog, "sections": catalog["sections"][:1]})) == "DAMAGED"


def check_stick_protection(vector):
    files = {name: content.encode() for name, content in vector["texts"].items()}
    files |= {name: b64(content) for name, content in vector["files"].items()}
    _, videos, _ = open_stick(files, [vector["publisher"]], secret(vector["vaultKeyPhrase"]))
    catalog = json.loads(vector["catalog"])
    assert videos == catalog["videos"] and catalog["v"] == 3 and len(catalog["sections"]) == 2
    assert catalog["protection"] == {"capture": "block", "watermark": "moving"}
    unknown = {**catalog, "protection": {"capture": "block", "watermark": "burnt-in"}}
    assert refusal(lambda: read_catalog(unknown)) == "DAMAGED"


def check_license_protection(vector):
    claims = verify_token(vector["license"], "uvv-license+jws", "license-issuer", 16 * 2**10, [vector["issuer"]])
    added = claims["protection"]
    assert added == {"watermark": "corner"} and claims["minApp"] == "0.1.0"

    def later(order, name):
        return max(vector["protectionOfVault"][name], added.get(name, order[0]), key=order.index)

    together = {"capture": later(CAPTURES, "capture"), "watermark": later(WATERMARKS, "watermark")}
    assert together == vector["together"] == {"capture": "block", "watermark": "corner"}
    assert " · ".join([claims["sub"], claims["lid"][:8], vector["watermark"]["day"]]) == vector["watermark"]["text"]


def check_stick_hidden_titles(vector):
    files = {name: content.encode() for name, content in vector["texts"].items()}
    files |= {name: b64(content) for name, content in vector["files"].items()}
    _, videos, contents = open_stick(files, [vector["publisher"]], secret(vector["vaultKeyPhrase"]))
    catalog = json.loads(vector["catalog"])
    assert contents == vector["contents"] and videos == catalog["videos"]
    assert catalog["v"] == 1 and catalog["hidesTitles"] is True
    assert refusal(lambda: read_catalog({**catalog, "hidesTitles": "true"})) == "DAMAGED"


def check_stick_storyboard(vector):
    files = {name: content.encode() for name, content in vector["texts"].items()}
    files |= {name: b64(content) for name, content in vector["files"].items()}
    _, videos, contents = open_stick(files, [vector["publisher"]], secret(vector["vaultKeyPhrase"]))
    assert contents == vector["contents"] and videos == json.loads(vector["catalog"])["videos"]
    assert json.loads(vector["catalog"])["v"] == 1 and len(contents) == 2
    (video,) = videos
    board = storyboard_of(video)
    content = contents[board["id"]]["content"]
    assert content[: board["sheets"][0]] == "The first four pictures." and len(board["sheets"]) == 2
    for change in ({"count": 0}, {"columns": 6}, {"width": 321}, {"everySeconds": 0.5}, {"sheets": []}, {"bytes": 45}):
        assert storyboard_of({**video, "storyboard": {**board, **change}}) is None, change
    assert storyboard_of({**video, "durationSeconds": 50}) is None and storyboard_of({**video, "storyboard": 7}) is None


def check_feed(vector):
    files = {name: content.encode() for name, content in vector["files"].items()}
    found, generations, document = read_feed(vector["anchor"].encode(), files)
    assert set(found) == {"targets", "builds", "ring0", "ring1", "ga", "halt", "lists"}
    data, custom = document("ring1", "rings/ring1/release.json")
    release = strict_json(data)
    halts = strict_json(document("halt", "halts/ring1/halt.json")[0])
    assert [halt["build"] for halt in halts["halts"]] == ["build-2", "build-3"] and halts["seq"] == 2
    resumed = {halt["build"]: (halt["generation"], halt["seq"]) for halt in release["resumed"]}
    active = [
        halt["build"]
        for halt in halts["halts"]
        if resumed.get(halt["build"], (0, 0)) < (generations["halt"], halt["seq"])
    ]
    assert active == ["build-3"]
    assert release["kind"] == "resume" and custom["offered"][-1] == release["build"]
    assert strict_json(document("targets", "security.json")[0])["haltGeneration"] == generations["halt"]
    assert set(release["promotion"]) == {"at", "verdict", "checklistHash", "pilots", "lane", "overrides"}
    assert release["build"] not in strict_json(document("targets", "security.json")[0])["revokedBuilds"]
    strict_json(document("ring0", "rings/ring0/validated.json")[0])
    assert unarmor("REVOCATION LIST", document("lists", "lists/revocations.uvvrev")[0].decode())
    spoilt = {**files, "metadata/timestamp.json": files["metadata/timestamp.json"].replace(b'"version":1', b'"version":2')}
    assert refusal(lambda: read_feed(vector["anchor"].encode(), spoilt)) == "SIGNATURE_INVALID"
    assert canonical(json.loads(vector["canonical"]["json"])) == vector["canonical"]["canonical"]
    assert [bucket(26 * "a", "2.1.0-k3f9"), bucket(26 * "a", "2.1.1-p0q2"), bucket(26 * "z", "2.1.0-k3f9")] == [2771, 9980, 5100]
    rings = strict_json(vector["ringTargets"].encode())["rings"]
    assert set(rings) == {"ring0", "ring1", "ga"} and rings["ring1"]["targets"][0]["agreement"]["signed"] == "2026-11-02"


def check_telemetry(vector):
    for request in vector["requests"]:
        token, signature = request["headers"]["UVV-Enrol"], b64(request["headers"]["UVV-Signature"])
        enrolled = verify_token(token, "uvv-enrol+jws", "telemetry-enrolment", 4 * 2**10, [vector["enrolmentIssuer"]])
        key = b64(enrolled["ed25519"])
        about = (vector["ingest"], request["headers"]["UVV-Signed-At"], request["path"])
        verify_ed25519(key, lp("uvv-telemetry/2", *about, request["body"]), signature)
        for other in (("https://other.example.org", *about[1:]), (about[0], "0", about[2]), (*about[:2], "/other")):
            statement = lp("uvv-telemetry/2", *other, request["body"])
            assert refusal(lambda: verify_ed25519(key, statement, signature)) == "SIGNATURE_INVALID"
    batch = strict_json(vector["requests"][0]["body"].encode())["resourceLogs"][0]
    events = [json.loads(event) for event in vector["events"]]
    assert [plain(record["body"]) for record in batch["scopeLogs"][0]["logRecords"]] == events
    assert read_segment(vector["segment"]["name"], vector["segment"]["content"])[2:] == ("b", events)
    for event in events:
        if event["kind"] == "session" and event["state"]["status"] == "ended":
            assert event["state"]["uptimeMs"] == 300000
    assert re.fullmatch(r"metrics-ring1-\d{8}-\d{4}\.json", vector["localFile"]["name"])
    assert json.loads(vector["localFile"]["content"])["hostname"] == enrolled["pid"]
    assert zlib.crc32(b"123456789") == 0xCBF43926


def check_content_pack(vector):
    data, publisher = b64(vector["pack"]), vector["publisher"]
    header, written = read_pack(data, [publisher])
    after = {name: b64(content) for name, content in vector["files"].items()}
    assert header["gen"] == 2 and list(written)[-1] == "VAULT/manifest.2.jws"
    assert all(after[name] == content for name, content in written.items() if name in after)
    before = json.loads((FROZEN / "stick.json").read_text())["files"]
    stick = {name: b64(content) for name, content in before.items()} | written
    _, videos, contents = open_stick(stick, [publisher], secret(vector["vaultKeyPhrase"]))
    assert [video["title"] for video in videos] == ["lighthouse", "new lesson"]
    assert vector["video"] in [content["content"] for content in contents.values()]
    assert apply_manifest(written["VAULT/keys.uvvkeys"].decode(), [vector["parent"]])
    assert refusal(lambda: read_pack(data, [])) == "KEY_UNKNOWN"
    assert refusal(lambda: read_pack(data[:-1], [publisher])) == "TRUNCATED"
    assert refusal(lambda: read_pack(data + b"x", [publisher])) == "MALFORMED"
    assert refusal(lambda: read_pack(data[:-1] + bytes([data[-1] ^ 1]), [publisher])) == "DAMAGED"


def check_app_on_stick(vector):
    read = lambda token, jwks: verify_token(token, "uvv-app+jws", "vault-publisher", 2**16, jwks)
    claims = read(vector["list"], [vector["publisher"]])
    assert claims["v"] == 1 and re.fullmatch(r"\d{1,5}\.\d{1,5}\.\d{1,5}", claims["version"])
    names = [file["name"] for file in claims["files"]]
    assert 1 <= len(names) <= 20 and len({name.lower() for name in names}) == len(names)
    for file in claims["files"]:
        assert re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}", file["name"])
        content = vector["packages"][file["name"]].encode()
        assert (len(content), sha256_text(content)) == (file["size"], file["sha256"])
    assert refusal(lambda: read(vector["list"], [])) == "KEY_UNKNOWN"


def check_promotion(vector):
    release, verdict = json.loads(vector["release"]), json.loads(vector["verdict"])
    agreements = sorted(hashlib.sha256(text.encode()).hexdigest() for text in vector["agreements"])
    assert release["verdictHash"] == hashlib.sha256(vector["verdict"].encode()).hexdigest()
    assert release["policyHash"] == verdict["policyHash"]
    assert release["promotion"]["verdict"]["exposure"] == verdict["exposure"]
    pilots = {"count": len(agreements), "agreementsHash": hashlib.sha256("\n".join(agreements).encode()).hexdigest()}
    assert release["promotion"]["pilots"] == pilots


def check_key_folder(vector):
    lock, cost = vector["lock"], vector["lock"]["scrypt"]
    assert lock["v"] == 1 and cost["n"] in [2**power for power in range(15, 21)] and cost["r"] == 8 and cost["p"] in range(1, 5)
    password = unicodedata.normalize("NFC", vector["password"]).encode()
    wrapping = hashlib.scrypt(password, salt=b64(lock["salt"]), maxmem=2**28, dklen=32, **cost)

    def opened(key, text, about):
        data = b64(text)
        return AESGCM(key).decrypt(data[:12], data[12:], about.encode())

    folder_key = opened(wrapping, lock["key"], f"uvv-password/1 {lock['id']}")
    assert folder_key == secret(vector["folderKeyPhrase"])
    for entry in vector["files"]:
        file = entry["file"]
        assert (file["v"], file["lock"], file["kid"]) == (1, lock["id"], entry["kid"])
        about = f"uvv-private-file/1 {lock['id']} {entry['name']} {entry['kid']}"
        assert opened(folder_key, file["sealed"], about) == entry["content"].encode()
        try:
            opened(folder_key, file["sealed"], about + "x")
            raise AssertionError("opens in another place")
        except InvalidTag:
            pass
    issuer = [vector["issuer"]]
    claims = verify_token(vector["backup"], "uvv-backup+jws", "license-issuer", 16 * 2**20, issuer)
    assert claims == vector["backupClaims"]
    note = verify_token(vector["generation"], "uvv-generation+jws", "license-issuer", 4 * 2**10, issuer)
    restored = vector["restored"]
    assert (note["generation"], note["instance"]) == (restored["generation"], restored["instance"])
    assert restored["firstSeq"] // 10**12 == restored["generation"] - 1 and restored["firstSeq"] % 10**6 == 1


CHECKS = {
    "container": check_container,
    "license": check_license,
    "stick": check_stick,
    "keys": check_keys,
    "content-pack": check_content_pack,
    "app-on-stick": check_app_on_stick,
    "license-members": check_license_members,
    "stick-members": check_stick_members,
    "stick-sections": check_stick_sections,
    "stick-protection": check_stick_protection,
    "license-protection": check_license_protection,
    "stick-hidden-titles": check_stick_hidden_titles,
    "stick-storyboard": check_stick_storyboard,
    "feed": check_feed,
    "telemetry-signed": check_telemetry,
    "promotion": check_promotion,
    "key-folder": check_key_folder,
}


def main():
    for name, check in CHECKS.items():
        check(json.loads((FROZEN / f"{name}.json").read_text()))
        sys.stdout.write(f"{name}: as the pages say\n")


main()
