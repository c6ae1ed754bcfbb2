#!/bin/sh
# Makes the commits and keys of this directory anew, with git, ssh-keygen and gpg. Needs nothing of the user's own
# keys or settings. The private halves are thrown away.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'gpgconf --homedir "$work/gnupg" --kill all 2>/dev/null || true; rm -rf "$work"' EXIT
export GNUPGHOME="$work/gnupg" HOME="$work" GIT_CONFIG_NOSYSTEM=1 GIT_CONFIG_GLOBAL=/dev/null
export GIT_AUTHOR_NAME='Ada Lovelace' GIT_AUTHOR_EMAIL=ada@example.com
export GIT_COMMITTER_NAME='Ada Lovelace' GIT_COMMITTER_EMAIL=ada@example.com
mkdir -m 700 "$GNUPGHOME"
rm -f "$here"/*.commit "$here"/*.pub "$here"/*.asc
git init -q -b main "$work/repo"
cd "$work/repo"

# commit NAME DATE [git options]: writes the object as it is stored
commit() {
  name=$1 when=$2; shift 2
  GIT_AUTHOR_DATE="$when" GIT_COMMITTER_DATE="$when" git "$@" commit -q --allow-empty -m "$name" $sign
  git cat-file commit HEAD > "$here/$name.commit"
}
ssh_key() { ssh-keygen -q -t "$1" ${3:+-b $3} -N '' -C "$2@example.com" -f "$work/$2"; cut -d' ' -f1,2 "$work/$2.pub" > "$here/$2.pub"; }
by_ssh() { echo -c gpg.format=ssh -c "user.signingkey=$work/$1"; }
by_gpg() { echo -c gpg.format=openpgp -c "user.signingkey=$1"; }
day='2026-03-01T12:00:00Z'

sign=
commit unsigned "$day"
sign=-S
ssh_key ed25519 ssh-ada
ssh_key rsa ssh-rsa 3072
ssh_key ecdsa ssh-ecdsa
ssh_key ed25519 ssh-mallory
for key in ssh-ada ssh-rsa ssh-ecdsa ssh-mallory; do commit "$key" "$day" $(by_ssh $key); done
commit ssh-ada-old 2020-03-01T12:00:00Z $(by_ssh ssh-ada)

# A certificate: ca vouches for the key of grace.
ssh_key ed25519 ssh-ca
ssh_key ed25519 ssh-grace
ssh-keygen -q -s "$work/ssh-ca" -I grace -n grace@example.com "$work/ssh-grace.pub"
cp "$work/ssh-grace-cert.pub" "$work/ssh-grace.pub"
commit ssh-certificate "$day" $(by_ssh ssh-grace.pub)

# Signed as a file, not as something of Git: ssh-keygen's namespace keeps the two apart.
sign=
commit plain "$day"
git cat-file commit HEAD > "$work/payload"
ssh-keygen -q -Y sign -n file -f "$work/ssh-ada" "$work/payload" 2>/dev/null
{ sed '/^$/q' "$work/payload" | sed '$d'
  printf 'gpgsig '; sed '2,$s/^/ /' "$work/payload.sig"; echo; sed '1,/^$/d' "$work/payload"; } > "$here/ssh-namespace.commit"
rm "$here/plain.commit"
sign=-S

# gpg_key NAME ALGORITHM USAGE EXPIRES: prints the fingerprint
gpg_key() {
  gpg --batch --quiet --faked-system-time 20260101T000000! --passphrase '' --quick-generate-key "$1 <$1@example.com>" "$2" "$3" "$4"
  gpg --batch --with-colons --list-keys "$1@example.com" | awk -F: '/^fpr/ {print $10; exit}'
}
export_key() { gpg --batch --armor --export "$1" > "$here/$2.asc"; }
cat > "$work/gpg-then" <<'EOF'
#!/bin/sh
exec gpg --faked-system-time 20260301T120000! --allow-weak-digest-algos $GPG_MORE "$@"
EOF
chmod +x "$work/gpg-then"
export GPG_MORE=
then="-c gpg.program=$work/gpg-then"

ada=$(gpg_key gpg-ada ed25519 sign never)
commit gpg-ada "$day" $then $(by_gpg "$ada!")
export_key "$ada" gpg-ada
GPG_MORE='--digest-algo SHA1' commit gpg-sha1 "$day" $then $(by_gpg "$ada!")

rsa=$(gpg_key gpg-rsa rsa3072 cert never)
gpg --batch --quiet --faked-system-time 20260101T000000! --passphrase '' --quick-add-key "$rsa" rsa3072 sign never
commit gpg-subkey "$day" $then $(by_gpg "$rsa")
export_key "$rsa" gpg-rsa

mallory=$(gpg_key gpg-mallory ed25519 sign never)
commit gpg-mallory "$day" $then $(by_gpg "$mallory!")

# Valid for 30 days from the start of the year: over when it signs, in March.
expired=$(gpg_key gpg-expired ed25519 sign 10y)
commit gpg-expired "$day" $then $(by_gpg "$expired!")
gpg --batch --quiet --faked-system-time 20260102T000000! --passphrase '' --quick-set-expire "$expired" 30d
export_key "$expired" gpg-expired

revoked=$(gpg_key gpg-revoked ed25519 sign never)
commit gpg-revoked "$day" $then $(by_gpg "$revoked!")
sed 's/^:-----BEGIN/-----BEGIN/' "$GNUPGHOME/openpgp-revocs.d/$revoked.rev" | gpg --batch --quiet --import
export_key "$revoked" gpg-revoked
