"""Reads mails with Python's own parser and prints what a person would see, as one JSON list."""
import email
import email.policy
import json
import sys

mails = []
for path in sys.argv[1:]:
    with open(path, "rb") as file:
        mail = email.message_from_binary_file(file, policy=email.policy.default)
    body = mail.get_body(("plain",))
    mails.append(
        {
            "from": str(mail["From"]) if mail["From"] else None,
            "to": [[address.display_name, address.addr_spec] for address in mail["To"].addresses],
            "subject": str(mail["Subject"]),
            "draft": mail["X-Unsent"],
            "id": str(mail["Message-ID"]),
            "text": body.get_content(),
            "attachments": [
                [part.get_filename(), part.get_payload(decode=True).decode("utf-8")]
                for part in mail.iter_attachments()
            ],
            "longest": max(len(line) for line in open(path, "rb").read().split(b"\r\n")),
        }
    )
print(json.dumps(mails))
