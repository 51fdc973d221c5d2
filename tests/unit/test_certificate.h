// A self-signed certificate made for one test run, in two PEM files that go away with it.
#pragma once

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <unistd.h>

#include <cstdio>
#include <string>

namespace trig {

class TestCertificate {
 public:
  // `names` as in an OpenSSL subjectAltName: "DNS:localhost,IP:127.0.0.1".
  explicit TestCertificate(const char* names) {
    EVP_PKEY* key = EVP_EC_gen("P-256");
    X509* certificate = X509_new();
    X509_set_version(certificate, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate), -3600);
    X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
    X509_NAME* name = X509_get_subject_name(certificate);
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>("trig test"), -1, -1, 0);
    X509_set_issuer_name(certificate, name);
    X509_set_pubkey(certificate, key);
    X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, names);
    X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
    X509_sign(certificate, key, EVP_sha256());
    FILE* file = open(certificate_file_);
    EXPECT_EQ(PEM_write_X509(file, certificate), 1);
    std::fclose(file);
    file = open(key_file_);
    EXPECT_EQ(PEM_write_PrivateKey(file, key, nullptr, nullptr, 0, nullptr, nullptr), 1);
    std::fclose(file);
    X509_free(certificate);
    EVP_PKEY_free(key);
  }
  ~TestCertificate() {
    ::unlink(certificate_file_.c_str());
    ::unlink(key_file_.c_str());
  }
  TestCertificate(const TestCertificate&) = delete;

  const std::string& certificate_file() const { return certificate_file_; }
  const std::string& key_file() const { return key_file_; }

 private:
  static FILE* open(std::string& path) {
    path = testing::TempDir() + "trig_test_XXXXXX";
    return ::fdopen(::mkstemp(path.data()), "w");
  }

  std::string certificate_file_;
  std::string key_file_;
};

}  // namespace trig
