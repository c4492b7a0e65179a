using System.Text;
using System.Text.Json;
using Castellan.Kernel;
using Castellan.Platform.Json;
using Castellan.Records;

namespace Castellan.Tests.Records;

/// <summary>Answers that write themselves are what their declared type would be.</summary>
public sealed class RecordPageTests
{
    private static readonly RecordsJson Types = new(Wire.Options);

    [Theory]
    [InlineData(null, null, null)]
    [InlineData("a.b", null, null)]
    [InlineData(null, 0L, 7L)]
    [InlineData("a\"ü", 10_000L, null)]
    public void A_page_writes_itself_as_its_type_says(string? cursor, long? count, long? withheld)
    {
        var page = new RecordPage(new RawJson("[{\"id\":\"x\"},{}]"u8.ToArray()), cursor, count, withheld);
        Assert.Equal(
            JsonSerializer.Serialize(page, Types.RecordPage), Encoding.UTF8.GetString(page.Utf8.Span));
    }

    [Fact]
    public void A_record_writes_itself_as_its_type_says()
    {
        var record = new Castellan.Records.Record("tasks", "rec_1", 3, new RawJson("{\"id\":\"rec_1\"}"u8.ToArray()));
        Assert.Equal(
            JsonSerializer.Serialize(record, Types.Record), Encoding.UTF8.GetString(record.Utf8.Span));
    }
}
