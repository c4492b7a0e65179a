using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Castellan.Kernel;
using Castellan.Platform.Json;

namespace Castellan.Tests.Platform.Json;

/// <summary>What is appended is what the base library's writer writes.</summary>
public sealed class JsonBytesTests(ITestOutputHelper output)
{
    private static readonly JsonWriterOptions Written = new() { Encoder = Wire.Encoder };
    private readonly SeededNumbers random = new(SeededNumbers.Seed(output));

    [Fact]
    public void Text_is_escaped_as_by_the_base_library()
    {
        string[] pieces =
        [
            "a", "lorem ipsum", "\"", "\\", "\0", "\u001f", "\n", "\u007f", "é", "ß", "\u2028", "\ufeff", "<&>'+", "𝒳",
            "\ud83d\ude00", "\ud800", "/", "\u00a0", new string('x', 300),
        ];
        for (var i = 0; i < 20_000; i++)
        {
            var text = string.Concat(
                Enumerable.Range(0, random.Below(8)).Select(_ => pieces[random.Below(pieces.Length)]));
            var utf8 = Encoding.UTF8.GetBytes(text);
            Same(writer => writer.WriteStringValue(utf8), output => output.Text(utf8));
            Same(writer => writer.WriteStringValue(utf8), output => output.Text(text));
        }
    }

    [Fact]
    public void Bytes_that_are_no_utf8_become_the_replacement_character()
    {
        for (var i = 0; i < 20_000; i++)
        {
            var bytes = Enumerable.Range(0, random.Below(12)).Select(_ => (byte)random.Below(256)).ToArray();
            var written = new JsonBytes(Wire.Encoder, 1);
            written.Text(bytes);
            Assert.Equal(Encoding.UTF8.GetString(bytes), JsonElement.Parse(written.Written.Span).GetString());
        }
    }

    [Fact]
    public void Numbers_are_written_as_by_the_base_library()
    {
        long[] edges = [0, -1, long.MinValue, long.MaxValue];
        foreach (var number in edges.Concat(Enumerable.Range(0, 5_000).Select(_ => (long)random.Bits())))
            Same(writer => writer.WriteNumberValue(number), output => output.Number(number));
        double[] extremes = [0, -0.0, 0.1, 1e16, 1e-7, double.Epsilon, double.MaxValue, double.MinValue, 123456789.125];
        var doubles = Enumerable.Range(0, 5_000)
            .Select(_ => BitConverter.Int64BitsToDouble((long)random.Bits()));
        foreach (var number in extremes.Concat(doubles).Where(double.IsFinite))
            Same(writer => writer.WriteNumberValue(number), output => output.Number(number));
    }

    [Fact]
    public void Times_are_written_with_milliseconds_in_utc()
    {
        DateTimeOffset[] edges = [DateTimeOffset.MinValue, DateTimeOffset.MaxValue, DateTimeOffset.UnixEpoch];
        var days = DateTime.MaxValue.Ticks - (2 * TimeSpan.TicksPerDay);
        var times = Enumerable.Range(0, 20_000).Select(_ => new DateTimeOffset(
            TimeSpan.TicksPerDay + (long)(random.Bits() % (ulong)days),
            TimeSpan.FromMinutes(random.Below(28 * 60) - (14 * 60))));
        foreach (var time in edges.Concat(times))
        {
            var written = new JsonBytes(Wire.Encoder, 1);
            written.Time(time);
            Assert.Equal(
                time.UtcDateTime.ToString("'\"'yyyy-MM-ddTHH:mm:ss.fffZ'\"'", CultureInfo.InvariantCulture),
                Encoding.UTF8.GetString(written.Written.Span));
        }
    }

    [Fact]
    public void What_was_written_stays_when_the_array_grows()
    {
        var written = new JsonBytes(JavaScriptEncoder.Default, 1);
        written.Raw("[true,"u8);
        written.Boolean(false);
        written.Raw(","u8);
        written.Text(new string('y', 5_000));
        written.Raw("]"u8);
        Assert.Equal($"[true,false,\"{new string('y', 5_000)}\"]", Encoding.UTF8.GetString(written.Written.Span));
        Assert.Equal(written.Length, written.Written.Length);
    }

    private static void Same(Action<Utf8JsonWriter> theirs, Action<JsonBytes> ours)
    {
        var expected = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(expected, Written)) theirs(writer);
        var written = new JsonBytes(Wire.Encoder, 1);
        ours(written);
        Assert.Equal(Encoding.UTF8.GetString(expected.WrittenSpan), Encoding.UTF8.GetString(written.Written.Span));
    }
}
