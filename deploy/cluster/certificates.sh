#!/bin/sh
# Makes an authority of the cluster's own, and a certificate for each role: certificates.sh FOLDER
# Whoever holds a certificate of this authority can run code on every machine of the cluster: use it for nothing else.
set -eu
umask 077
mkdir -p "$1"
cd "$1"
days=${DAYS:-365}
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days "$days" -subj "/CN=grading cluster" \
    -keyout authority.key -out ca.pem 2>/dev/null
for role in scheduler worker grader; do
    openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=$role" \
        -keyout "$role.key" -out "$role.csr" 2>/dev/null
    openssl x509 -req -in "$role.csr" -CA ca.pem -CAkey authority.key -CAcreateserial -days "$days" \
        -out "$role.pem" 2>/dev/null
    rm "$role.csr"
done
echo "Each machine needs ca.pem, and the .pem and .key of its role. Keep authority.key elsewhere."
