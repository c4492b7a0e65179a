using System.Text.Json;
using Castellan.Client;

namespace Castellan.Cli.Contracts;

/// <summary>
/// A castellan.json on this machine. <paramref name="Utf8"/> is its text without a byte order mark, as it is sent.
/// </summary>
internal sealed record ContractFile(string Path, ReadOnlyMemory<byte> Utf8, JsonElement Document)
{
    public const string DefaultPath = "castellan.json";

    /// <summary>Where the document stands in the bodies that carry it.</summary>
    private const string InBody = "/contract";

    /// <summary>What the server reads of a contract.</summary>
    private const int BytesMax = 512 * 1024;

    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    public static ContractFile Read(string path)
    {
        if (!File.Exists(path))
        {
            throw new Complaint($"There is no {path}.",
                $"Name the file, or write one: the format is at /v1/schemas/contract of your server.");
        }
        if (new FileInfo(path).Length > BytesMax)
            throw new Complaint($"{path} is larger than {BytesMax:N0} bytes.", "Declare less in one contract.");
        ReadOnlyMemory<byte> utf8 = File.ReadAllBytes(path);
        if (utf8.Span.StartsWith(ByteOrderMark)) utf8 = utf8[ByteOrderMark.Length..];
        return new ContractFile(path, utf8, Parse(path, utf8));
    }

    /// <summary>
    /// Makes a call about the document. Where it is refused for what is in it, the problem names file and line, and its
    /// pointers lead into the document.
    /// </summary>
    public async Task<T> Located<T>(Func<Task<T>> call)
    {
        try
        {
            return await call();
        }
        catch (CastellanProblemException refused) when (refused.Problem is { Code: "input_invalid", Errors: { } found })
        {
            var located = found.Select(one => IsInDocument(one.Pointer)
                ? one with { Pointer = Locate(one.Pointer[InBody.Length..]) }
                : one).ToList();
            throw new CastellanProblemException(refused.Problem with { Errors = located }, refused.Json);
        }
    }

    private static bool IsInDocument(string pointer) =>
        pointer == InBody || pointer.StartsWith(InBody + "/", StringComparison.Ordinal);

    private string Locate(string pointer) => PointerLines.Find(Utf8.Span, pointer) is { } line
        ? $"{Path}:{line} {pointer}"
        : $"{Path} {pointer}".TrimEnd();

    private static JsonElement Parse(string path, ReadOnlyMemory<byte> utf8)
    {
        try
        {
            // As the server reads it: without comments, trailing commas or the same name twice.
            using var document = JsonDocument.Parse(utf8, new JsonDocumentOptions { AllowDuplicateProperties = false });
            return document.RootElement.ValueKind is JsonValueKind.Object
                ? document.RootElement.Clone()
                : throw new Complaint(
                    $"{path} is no JSON object.", """Begin with {"castellan": 1, "collections": {}}.""");
        }
        catch (JsonException wrong)
        {
            var line = wrong.LineNumber is { } from0 ? $":{from0 + 1}" : "";
            var why = wrong.Message.Split(" Path:")[0].Split(" LineNumber:")[0];
            throw new Complaint($"{path}{line} is not JSON: {why}",
                "Correct the line; JSON has no comments and no comma before a closing bracket.");
        }
    }
}
