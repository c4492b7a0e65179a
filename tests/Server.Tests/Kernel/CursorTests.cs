using AwesomeAssertions;
using Castellan.Kernel;
using Castellan.Platform.Crypto;
using CsCheck;

namespace Castellan.Tests.Kernel;

public sealed class CursorTests
{
    private static readonly string[] Rows = [.. Enumerable.Range(100, 57).Select(i => $"row {i}\n")];
    private static readonly EnvironmentScope Sandbox = new("sandbox", null);
    private static readonly Gen<string?[]> AnyFilter = Gen.Null(Gen.String[Gen.Char["a1:-\n"], 0, 4]).Array[0, 3];
    private readonly Cursors cursors = new(new Secrets(new byte[32]));

    private ValueTask<ListOf<string>> List(
        int limit, string? cursor, string operation = "rows.list", Scope? scope = null, params string?[] filter) =>
        cursors.Page<string>(operation, scope ?? Sandbox, new Page(limit, cursor), filter,
            (after, count) => new(Rows.Where(row => after is null || string.CompareOrdinal(row.Trim(), after) > 0)
                .Take((int)count).ToList()),
            row => row.Trim());

    [Theory]
    [InlineData(1)]
    [InlineData(56)]
    [InlineData(57)]
    [InlineData(58)]
    public async Task A_walk_sees_every_row_once_in_order(int limit)
    {
        var seen = new List<string>();
        string? cursor = null;
        do
        {
            var page = await List(limit, cursor);
            page.Items.Should().HaveCountLessThanOrEqualTo(limit);
            seen.AddRange(page.Items);
            cursor = page.NextCursor;
        }
        while (cursor is not null);
        seen.Should().Equal(Rows);
    }

    [Fact]
    public async Task A_cursor_belongs_to_its_operation_scope_and_filter()
    {
        var tenant = TenantId.New(DateTimeOffset.UnixEpoch);
        var cursor = (await List(5, null, filter: ["a", null])).NextCursor!;
        (await List(5, cursor, filter: ["a", null])).Items.Should().Equal(Rows[5..10]);

        await Refused(List(5, cursor));
        await Refused(List(5, cursor, filter: ["a"]));
        await Refused(List(5, cursor, filter: [null, "a"]));
        await Refused(List(5, cursor, filter: ["a", ""]));
        await Refused(List(5, cursor, filter: ["a", "-"]));
        await Refused(List(5, cursor, filter: ["a\n-"]));
        await Refused(List(5, cursor, "rows.find", filter: ["a", null]));
        await Refused(List(5, cursor, scope: new EnvironmentScope("live", null), filter: ["a", null]));
        await Refused(List(5, cursor, scope: new InstallationScope(), filter: ["a", null]));
        await Refused(List(5, cursor, scope: new TenantScope("sandbox", tenant, null, null), filter: ["a", null]));
        var app = AppId.New(DateTimeOffset.UnixEpoch);
        await Refused(List(5, cursor, scope: new EnvironmentScope("sandbox", app), filter: ["a", null]));
    }

    /// <summary>Filters whose parts run together must not share a cursor.</summary>
    [Fact]
    public async Task No_two_filters_are_one() => await Gen.Select(AnyFilter, AnyFilter)
        .SampleAsync(async (one, other) =>
        {
            var cursor = (await List(5, null, filter: one)).NextCursor!;
            if (one.SequenceEqual(other)) (await List(5, cursor, filter: other)).Items.Should().HaveCount(5);
            else await Refused(List(5, cursor, filter: other));
        }, iter: 2_000);

    [Fact]
    public async Task Any_bit_of_it_counts()
    {
        var cursor = (await List(5, null)).NextCursor!;
        for (var place = 0; place < cursor.Length; place++)
        {
            for (var bit = 0; bit < 7; bit++)
            {
                var other = cursor.ToCharArray();
                other[place] ^= (char)(1 << bit);
                await Refused(List(5, new string(other)));
            }
        }
        await Refused(List(5, ""));
        await Refused(List(5, new string('A', 10_000)));
    }

    [Fact]
    public async Task Another_installation_made_another_cursor()
    {
        var foreign = new Cursors(new Secrets([.. Enumerable.Repeat((byte)1, 32)]));
        var page = await foreign.Page<string>("rows.list", Sandbox, new Page(5, null), [],
            (_, count) => new(Rows.Take((int)count).ToList()), row => row);
        await Refused(List(5, page.NextCursor));
    }

    private static async Task Refused(ValueTask<ListOf<string>> list)
    {
        var refusal = await list.AsTask().Awaiting(task => task).Should().ThrowAsync<Refusal>();
        refusal.Which.Problem.Errors.Should().ContainSingle().Which.Code.Should().Be("not_a_cursor");
    }
}
