using System.Collections.Frozen;

namespace Castellan.Platform.Crypto;

/// <summary>Passwords that guessers try first, whoever it is that they guess.</summary>
internal static class CommonPasswords
{
    /// <summary>
    /// The start of what every guesser tries: passwords that are long enough and stand in every published list.
    /// </summary>
    private static readonly FrozenSet<string> All = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        "password", "password1", "password12", "password123", "password1234", "password12345", "passwordpassword",
        "passw0rd", "p@ssw0rd", "p@ssword", "12345678", "123456789", "1234567890", "0123456789", "0987654321",
        "87654321", "987654321", "123123123", "123456789012345", "1234567890123456", "12341234", "11112222",
        "qwertyui", "qwertyuiop", "qwerty12", "qwerty123", "qwerty1234", "qwerty12345", "qwertyqwerty",
        "qwertyuiopasdfgh", "qwertyuiopasdfghjkl", "1q2w3e4r", "1q2w3e4r5t", "1qaz2wsx", "1qaz2wsx3edc", "zaq12wsx",
        "asdfghjk", "asdfghjkl", "asdf1234", "zxcvbnm1", "zxcvbnm123", "abcdefgh", "abcd1234", "abc12345",
        "abcdefghijklmno", "iloveyou", "iloveyou1", "ilovemyfamily", "sunshine", "sunshine1", "princess",
        "princess1", "football", "football1", "baseball", "baseball1", "basketball", "superman", "spiderman",
        "starwars", "pokemon1", "michelle", "jennifer", "jordan23", "charlie1", "welcome1", "welcome123",
        "welcome12345", "letmein1", "letmein123", "trustno1", "whatever", "computer", "internet", "changeme",
        "changeme123", "changemechangeme", "administrator", "admin123", "admin1234", "admin12345", "administrator1",
        "master123", "secret123", "test1234", "testtest", "test12345", "testpassword", "default1", "guest123",
        "access14", "hello123", "helloworld", "monkey123", "dragon123", "shadow123", "mustang1", "corvette",
        "maverick", "midnight", "samantha", "victoria", "liverpool", "liverpool1", "chelsea1", "arsenal1",
        "manchester", "freedom1", "blink182", "killer123", "summer2024", "summer2025", "winter2024", "winter2025",
        "spring2025", "autumn2025", "correcthorsebatterystaple");

    public static bool Contains(string password) => All.Contains(password);
}
