using Castellan.Platform.Cel;

namespace Castellan.Tests.Platform.Cel;

/// <summary>Fields that may be null are always there, and null is equal to null alone.</summary>
public sealed class NullTests
{
    [Theory]
    [InlineData("record.due == null", true)]
    [InlineData("null == record.due", true)]
    [InlineData("record.due != null", false)]
    [InlineData("record.due == now", false)]
    [InlineData("has(record.due)", false)]
    [InlineData("has(record.title)", true)]
    [InlineData("has(record.project)", false)]
    [InlineData("record.due != null && record.due < now", false)]
    [InlineData("record.due == null || record.due < now", true)]
    [InlineData("record.due < now || true", true)]
    [InlineData("has(record.due) ? record.due < now : true", true)]
    [InlineData("record.done == true", false)]
    [InlineData("record.done != false", true)]
    [InlineData("record.due in [null, now]", true)]
    public void Where_a_field_is_not_set(string source, bool expected) =>
        Assert.Equal(expected, Worlds.Evaluate(source) is { IsError: false } value && value.AsBool);

    [Theory]
    [InlineData("record.due < now")]
    [InlineData("now - record.due > duration('1h')")]
    [InlineData("record.done && true")]
    [InlineData("!record.done")]
    [InlineData("record.done ? true : false")]
    [InlineData("record.project.owner_id == caller.id")]
    [InlineData("has(record.project.owner_id)")]
    [InlineData("record.project.tasks.all(t, t.estimate > 1)")]
    public void An_operation_on_null_is_an_error(string source)
    {
        var error = Worlds.Evaluate(source);
        Assert.True(error.IsError, $"{source}: {error}");
        Assert.Contains("No such overload", error.AsError.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Where_it_is_set_it_is_an_ordinary_value()
    {
        var due = CelValue.Of(new DateTimeOffset(2029, 12, 31, 0, 0, 0, TimeSpan.Zero));
        var row = new Row { Record = new Thing(Worlds.Task, ("due", due), ("title", CelValue.Of("x"))) };
        Assert.True(Worlds.Evaluate("has(record.due) && record.due < now && record.due != null", row).IsTrue);
    }

    [Fact]
    public void References_and_lists_that_lead_back_are_followed()
    {
        var other = new Thing(Worlds.Task, ("owner_id", CelValue.Of("usr_2")), ("estimate", CelValue.Of(5L)));
        var project =
            new Thing(Worlds.Project, ("owner_id", CelValue.Of("usr_1")), ("tasks", CelValue.Of(CelValue.Of(other))));
        var row = new Row { Record = new Thing(Worlds.Task, ("project", CelValue.Of(project))) };
        Assert.True(Worlds.Evaluate(
            "record.project.owner_id == caller.id"
            + " && record.project.tasks.exists(t, t.estimate == 5 && t.owner_id != caller.id)",
            row).IsTrue);
    }

    [Fact]
    public void Only_what_decides_is_read()
    {
        var row = new Row();
        Assert.True(Worlds.Evaluate("tenant_role('admin') || record.title == 'a'", row).IsTrue);
        Assert.Equal(0, row.Record.Asked);
    }
}
