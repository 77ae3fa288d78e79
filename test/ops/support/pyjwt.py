"""Signs and verifies with PyJWT, a library that none of this project is made of. One JSON object in, one out."""

import base64
import json
import sys

import jwt
from cryptography.hazmat.primitives.asymmetric import ed25519


def raw(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


job = json.load(sys.stdin)
if job["do"] == "verify":
    key = ed25519.Ed25519PublicKey.from_public_bytes(raw(job["x"]))
    options = {"verify_exp": False, "verify_nbf": False, "verify_iat": False}
    claims = jwt.decode(job["token"], key, algorithms=["EdDSA"], audience="usb-video-vault", options=options)
    json.dump({"claims": claims, "header": jwt.get_unverified_header(job["token"])}, sys.stdout)
else:
    key = ed25519.Ed25519PrivateKey.from_private_bytes(raw(job["d"]))
    token = jwt.encode(job["claims"], key, algorithm="EdDSA", headers={"kid": job["kid"], "typ": job["typ"]})
    json.dump({"token": token}, sys.stdout)
