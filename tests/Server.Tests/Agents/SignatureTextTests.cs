using System.Text;
using AwesomeAssertions;
using Castellan.Agents.Signatures;
using Castellan.Kernel.Http;
using Castellan.Platform.Crypto;
using Castellan.Platform.StructuredFields;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Castellan.Tests.Agents;

/// <summary>The example of RFC 9421 appendix B.2.6, with the key of its appendix B.1.4.</summary>
public sealed class SignatureTextTests
{
    private const string Key = "JrQLj5P_89iXES9-vFgrIy29clF9CC_oPPsw3c5D0bs";

    private const string Params = "(\"date\" \"@method\" \"@path\" \"@authority\" \"content-type\" \"content-length\")"
        + ";created=1618884473;keyid=\"test-key-ed25519\"";

    private const string Signature =
        "wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw==";

    private const string Digest =
        "sha-512=:WZDPaVn/7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+AbwAgBWnrIiYllu7BNNyealdVLvRwEmTHWXvJwew==:";

    private const string Base = $"""
        "date": Tue, 20 Apr 2021 02:07:55 GMT
        "@method": POST
        "@path": /foo
        "@authority": example.com
        "content-type": application/json
        "content-length": 18
        "@signature-params": {Params}
        """;

    [Fact]
    public void Its_base_is_ours_and_its_signature_verifies()
    {
        var made = Made("POST");

        Encoding.ASCII.GetString(made).Should().Be(Base);
        Ed25519Key.TryParse(Key, out var key).Should().BeTrue();
        key!.Verifies(made, Convert.FromBase64String(Signature)).Should().BeTrue();
        key.Verifies(Made("PUT"), Convert.FromBase64String(Signature)).Should().BeFalse();
    }

    [Fact]
    public void Its_digest_is_that_of_its_body_and_of_no_other()
    {
        var digest = ContentDigest.Parse(Digest)!;

        digest.IsOf("""{"hello": "world"}"""u8).Should().BeTrue();
        digest.IsOf("""{"hello": "world" }"""u8).Should().BeFalse();
        ContentDigest.Parse("sha-256=:AAAA:, " + Digest)!.IsOf("""{"hello": "world"}"""u8)
            .Should().BeFalse("all that are named must be right");
        ContentDigest.Parse("md5=:AAAA:").Should().BeNull();
        ContentDigest.Parse("sha-512=AAAA").Should().BeNull();
    }

    /// <summary>RFC 8037 appendix A.3.</summary>
    [Fact]
    public void A_thumbprint_is_as_its_standard_has_it()
    {
        Ed25519Key.TryParse("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo", out var key).Should().BeTrue();
        key!.Thumbprint.Should().Be("kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
    }

    private static byte[] Made(string method)
    {
        var context = new DefaultHttpContext();
        context.Request.Method = method;
        context.Features.Get<IHttpRequestFeature>()!.RawTarget = "/foo?param=Value&Pet=dog";
        context.Request.Headers.Host = "example.com";
        context.Request.Headers.Date = "Tue, 20 Apr 2021 02:07:55 GMT";
        context.Request.Headers.ContentType = "application/json";
        context.Request.Headers.ContentLength = 18;
        var covered = (InnerList)FieldDictionary.Parse($"sig-b26={Params}")!.Members[0].Value;
        return SignatureText.Of(new HttpMessage(context), "https://example.com", covered, out _)!;
    }
}
