using AwesomeAssertions;
using Castellan.Platform.Crypto;

namespace Castellan.Tests.Platform.Crypto;

public sealed class PasswordHasherTests : IDisposable
{
    private readonly PasswordHasher hasher = new();

    public void Dispose() => hasher.Dispose();

    [Fact]
    public async Task A_password_verifies_against_its_own_hash_only()
    {
        var ct = TestContext.Current.CancellationToken;
        var (one, same) = (await hasher.Hash("correct horse", ct), await hasher.Hash("correct horse", ct));

        one.Should().NotBe(same, "each has its own salt").And.StartWith("$argon2id$v=19$m=19456,t=2,p=1$");
        (await hasher.Verify("correct horse", one, ct)).Should().BeTrue();
        (await hasher.Verify("correct horse", same, ct)).Should().BeTrue();
        (await hasher.Verify("Correct horse", one, ct)).Should().BeFalse();
        (await hasher.Verify("correct horse ", one, ct)).Should().BeFalse();
        (await hasher.Verify("", one, ct)).Should().BeFalse();
        (await hasher.Verify("correct horse", hasher.Decoy, ct)).Should().BeFalse();
        PasswordHasher.NeedsRehash(one).Should().BeFalse();
    }

    [Fact]
    public async Task A_hash_of_other_parameters_verifies_and_is_to_be_made_anew()
    {
        const string Phc = "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$";
        var made = Convert.ToBase64String(new NSec.Cryptography.Argon2id(new NSec.Cryptography.Argon2Parameters
        {
            MemorySize = 256, NumberOfPasses = 2, DegreeOfParallelism = 1,
        }).DeriveBytes("password"u8, "somesaltsomesalt"u8, 32)).TrimEnd('=');
        (await hasher.Verify("password", Phc + made, TestContext.Current.CancellationToken)).Should().BeTrue();
        PasswordHasher.NeedsRehash(Phc + made).Should().BeTrue();
    }
}
