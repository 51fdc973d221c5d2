// Link tokens: what is signed is read back, and nothing else is.
#include <gtest/gtest.h>

#include <random>

#include "compiler/base/hash.h"
#include "runtime/links/unsubscribe.h"
#include "runtime/ports/limits.h"

namespace trig::links {
namespace {

LinkKeys keys_of(const std::vector<LinkKey>& keys) {
  Result<LinkKeys> made = LinkKeys::create(keys);
  EXPECT_TRUE(made);
  return *made;
}

const LinkKey kOld{1, std::string(32, 'a')};
const LinkKey kNew{2, std::string(40, 'b')};
const UnsubscribeRequest kRequest{42,
                                  std::string("\0\xff"
                                              "hash of the address, 32 bytes.",
                                              32),
                                  "offers"};

TEST(Links, GiveBackWhatWasSigned) {
  LinkKeys keys = keys_of({kOld});
  for (const UnsubscribeRequest& request :
       {kRequest, UnsubscribeRequest{}, UnsubscribeRequest{~0ull, "x", ""}}) {
    std::string token = make_unsubscribe_token(keys, request);
    EXPECT_EQ(token.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                      "0123456789-_"),
              std::string::npos);
    auto read = verify_unsubscribe_token(keys, token);
    ASSERT_TRUE(read);
    EXPECT_EQ(read->person, request.person);
    EXPECT_EQ(read->address_hash, request.address_hash);
    EXPECT_EQ(read->topic, request.topic);
  }
}

TEST(Links, TokensAreStable) {
  // Mails that are out carry such tokens. This one was computed by hand (Python's hmac).
  EXPECT_EQ(sign(keys_of({kOld}), LinkPurpose::kUnsubscribe, "payload"),
            "AQFwYXlsb2FkwQVPyvWP3y_EHlC7E3C3Zg");
}

TEST(Links, TheNewestKeySignsAndAllVerify) {
  std::string by_old = make_unsubscribe_token(keys_of({kOld}), kRequest);
  LinkKeys both = keys_of({kOld, kNew});
  std::string by_new = make_unsubscribe_token(both, kRequest);
  EXPECT_NE(by_old, by_new);
  EXPECT_TRUE(verify_unsubscribe_token(both, by_old));
  EXPECT_TRUE(verify_unsubscribe_token(both, by_new));
  EXPECT_TRUE(verify_unsubscribe_token(keys_of({kNew}), by_new));
  EXPECT_FALSE(verify_unsubscribe_token(keys_of({kNew}), by_old));  // withdrawn
  EXPECT_FALSE(verify_unsubscribe_token(keys_of({{1, kNew.secret}}), by_old));
}

TEST(Links, KeysAreChecked) {
  EXPECT_FALSE(LinkKeys::create({}));
  EXPECT_FALSE(LinkKeys::create({kOld, {1, kNew.secret}}));
  EXPECT_FALSE(LinkKeys::create({{1, std::string(kMinLinkSecretBytes - 1, 'a')}}));
}

TEST(Links, EverySingleBitFlipIsSeen) {
  LinkKeys keys = keys_of({kOld, kNew});
  std::string token = make_unsubscribe_token(keys, kRequest);
  std::string bytes;
  ASSERT_TRUE(base64_url_decode(token, bytes));
  for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    std::string other = bytes;
    other[bit / 8] ^= static_cast<char>(1 << (bit % 8));
    ASSERT_FALSE(verify_unsubscribe_token(keys, base64_url(other))) << bit;
  }
  for (std::size_t bit = 0; bit < token.size() * 8; ++bit) {
    std::string other = token;
    other[bit / 8] ^= static_cast<char>(1 << (bit % 8));
    ASSERT_FALSE(verify_unsubscribe_token(keys, other)) << bit;
  }
  for (std::size_t length = 0; length < token.size(); ++length) {
    ASSERT_FALSE(verify_unsubscribe_token(keys, token.substr(0, length))) << length;
  }
  EXPECT_FALSE(verify_unsubscribe_token(keys, token + "A"));
  EXPECT_FALSE(verify_unsubscribe_token(keys, token + "="));
  EXPECT_FALSE(verify_unsubscribe_token(keys, " " + token));
}

TEST(Links, NoForgeryIsAccepted) {
  std::uint64_t seed = std::random_device()();
  SCOPED_TRACE(seed);
  std::mt19937_64 random(seed);
  LinkKeys keys = keys_of({kOld, kNew});
  std::string bytes;
  ASSERT_TRUE(base64_url_decode(make_unsubscribe_token(keys, kRequest), bytes));
  for (int i = 0; i < 100'000; ++i) {
    std::string forged = bytes;
    switch (random() % 4) {
      case 0:  // another payload under the same signature
        forged[2 + random() % (forged.size() - 18)] = static_cast<char>(random());
        break;
      case 1:  // a guessed signature
        for (std::size_t at = forged.size() - 16; at < forged.size(); ++at) {
          forged[at] = static_cast<char>(random());
        }
        break;
      case 2:  // another length
        forged.resize(random() % 100, '\x01');
        break;
      default:  // the other key's id, or one that does not exist
        forged[1] = static_cast<char>(random() % 4);
        forged[random() % forged.size()] ^= static_cast<char>(random() % 255 + 1);
    }
    if (forged == bytes) continue;
    ASSERT_FALSE(verify_unsubscribe_token(keys, base64_url(forged))) << to_hex(hash128(forged));
  }
}

TEST(Links, ASignedPayloadOfAnotherFormIsNoRequest) {
  LinkKeys keys = keys_of({kOld});
  for (const char* payload : {"", "\x01", "\x01\x05",
                              "\x01\x01"
                              "a\x09"
                              "b"}) {
    EXPECT_FALSE(verify_unsubscribe_token(keys, sign(keys, LinkPurpose::kUnsubscribe, payload)));
  }
  EXPECT_FALSE(verify_unsubscribe_token(
      keys, sign(keys, LinkPurpose::kUnsubscribe, std::string("\x01\x00\x00more", 7))));
}

TEST(Links, LengthIsBounded) {
  LinkKeys keys = keys_of({kOld});
  // Base64url of 768 bytes is kMaxLinkTokenBytes characters: 750 of payload, 18 around it.
  std::string longest = sign(keys, LinkPurpose::kUnsubscribe, std::string(750, 'x'));
  EXPECT_EQ(longest.size(), kMaxLinkTokenBytes);
  EXPECT_TRUE(verify(keys, LinkPurpose::kUnsubscribe, longest));
  EXPECT_DEATH(sign(keys, LinkPurpose::kUnsubscribe, std::string(751, 'x')), "too long");
  EXPECT_FALSE(verify(keys, LinkPurpose::kUnsubscribe, std::string(10'000'000, 'A')));
}

}  // namespace
}  // namespace trig::links
