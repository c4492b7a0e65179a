using AwesomeAssertions;
using Castellan.Platform.Crypto;

namespace Castellan.Tests.Platform.Crypto;

public sealed class PasswordStrengthTests
{
    [Theory]
    [InlineData("passwordpassword")]
    [InlineData("qwertyuiopasdfgh")]
    [InlineData("password1234567")]
    [InlineData("  letmein1  !!!!")]
    [InlineData("CorrectHorseBatteryStaple")]
    public void What_stands_in_every_list_is_common(string password) =>
        PasswordStrength.Of(password).Should().Be(PasswordWeakness.Common);

    [Theory]
    [InlineData("aaaaaaaaaaaaaaaa")]
    [InlineData("abcdefghijklmnopq")]
    [InlineData("987654321098765")]
    [InlineData("horsehorsehorse")]
    [InlineData("PasswordPassword!!")]
    [InlineData("horsehorsehorse1!")]
    [InlineData("horse battery - horse battery")]
    [InlineData("a1b2a1b2a1b2a1b2")]
    public void Repeating_and_counting_on_is_predictable(string password) =>
        PasswordStrength.Of(password).Should().Be(PasswordWeakness.Predictable);

    [Theory]
    [InlineData("ada@example.com")]
    [InlineData("Ada Lovelace 1815")]
    [InlineData("lovelace-lovelace-ada")]
    [InlineData("adalovelace@example")]
    [InlineData("adapassword12345")]
    [InlineData("castellan castellan 24")]
    public void Names_addresses_and_the_products_own_name_are_personal(string password) =>
        PasswordStrength.Of(password, "ada@example.com", "Ada Lovelace").Should().NotBeNull();

    [Theory]
    [InlineData("correct horse battery staple")]
    [InlineData("four unrelated words")]
    [InlineData("839201749382716")]
    [InlineData("ada eats seven plums")]
    [InlineData("password of the quiet owl")]
    [InlineData("ärgerliche übung öfter")]
    public void Anything_else_is_good_whatever_it_is_made_of(string password) =>
        PasswordStrength.Of(password, "ada@example.com", "Ada Lovelace", null).Should().BeNull();
}
