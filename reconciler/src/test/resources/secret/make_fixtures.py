#!/usr/bin/env python3
"""Makes the sealed fixtures beside this file, by another implementation of the format than Berth's.

Needs the tools age and age-keygen (Debian: age) and the Python package cryptography. Run by hand,
only when a fixture is added: each run makes other keys and ciphertexts.
"""
import base64
import hashlib
import os
import pathlib
import subprocess

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

HERE = pathlib.Path(__file__).parent
TIME = "2026-01-02T03:04:05Z"
ONLY_ENCRYPTED = hashlib.sha256(b"sops").digest()


class File:
    def __init__(self, mac_only=False):
        self.key = os.urandom(32)
        self.hash = hashlib.sha512(ONLY_ENCRYPTED if mac_only else b"")
        self.mac_only = mac_only

    def enc(self, kind, plain, binding):
        iv = os.urandom(32)
        out = AESGCM(self.key).encrypt(iv, plain, binding.encode())
        b64 = lambda b: base64.b64encode(b).decode()
        return f"ENC[AES256_GCM,data:{b64(out[:-16])},iv:{b64(iv)},tag:{b64(out[-16:])},type:{kind}]"

    def value(self, kind, plain, *path):
        self.hash.update(plain.encode())
        return self.enc(kind, plain.encode(), ":".join(path) + ":")

    def comment(self, text, *path):
        return "#" + self.enc("comment", text.encode(), ":".join(path) + ":")

    def clear(self, text, as_hashed=None):
        if not self.mac_only:
            self.hash.update((as_hashed or text).encode())
        return text

    def block(self, recipients, rule):
        out = "sops:\n    age:\n"
        for recipient in recipients:
            armoured = subprocess.run(["age", "-a", "-r", recipient], input=self.key, capture_output=True, check=True)
            out += f"        - recipient: {recipient}\n          enc: |\n"
            out += "".join(f"            {line}\n" for line in armoured.stdout.decode().splitlines())
        mac = self.enc("str", self.hash.hexdigest().upper().encode(), TIME)
        out += f'    lastmodified: "{TIME}"\n    mac: {mac}\n' + rule
        if self.mac_only:
            out += "    mac_only_encrypted: true\n"
        return out + "    version: 3.13.2\n"


def identity(name):
    path = HERE / name
    path.unlink(missing_ok=True)
    subprocess.run(["age-keygen", "-o", str(path)], capture_output=True, check=True)
    return subprocess.run(["age-keygen", "-y", str(path)], capture_output=True, check=True).stdout.decode().strip()


def everything(recipients):
    f = File()
    text = f.comment(" a comment")
    text += f"\ntext: {f.value('str', 'hunter2 é 🔑', 'text')}\n"
    text += f"int: {f.value('int', '-42', 'int')}\n"
    text += f"float: {f.value('float', '0.1', 'float')}\n"
    text += f"large: {f.value('float', '1000000000000000000000', 'large')}\n"
    text += f"on: {f.value('bool', 'True', 'on')}\n"
    text += f"off: {f.value('bool', 'False', 'off')}\n"
    text += f"bytes: {f.value('bytes', 'raw', 'bytes')}\n"
    text += f"time: {f.value('time', '2026-01-01T00:00:00Z', 'time')}\n"
    text += 'empty: ""\nnothing: null\n'
    text += "list:\n"
    text += f"    - {f.value('str', 'one', 'list')}\n"
    text += f"    - name: {f.value('str', 'two', 'list', 'name')}\n"
    text += f"      more:\n        - {f.value('int', '3', 'list', 'more')}\n"
    text += f"plain_unencrypted: {f.clear('readable')}\n"
    text += f"deep_unencrypted:\n    number: {f.clear('1.50', '1.5')}\n    yes: {f.clear('true', 'True')}\n    list: [{f.clear('7')}, ~]\n"
    return text + f.block(recipients, "    unencrypted_suffix: _unencrypted\n")


def secret(recipients, mac_only=False):
    f = File(mac_only)
    parts = []
    for name, value in (("shop", "sk_live_1"), ("api", "line one\nline two\n")):
        parts.append(
            f"apiVersion: {f.clear('berth.dev/v1')}\nkind: {f.clear('Secret')}\nmetadata:\n    name: {f.clear(name)}\n"
            f"data:\n    stripe: {f.value('str', value, 'data', 'stripe')}\n"
        )
    block = f.block(recipients, "    encrypted_regex: ^(data|stringData)$\n")
    return "---\n".join(part + block for part in parts)


def main():
    one, two = identity("one.txt"), identity("two.txt")
    (HERE / "everything.yaml").write_text(everything([one]))
    (HERE / "secrets.yaml").write_text(secret([two, one]))
    (HERE / "mac-only.yaml").write_text(secret([one], mac_only=True))


main()
