namespace Castellan.Tests.Records.Schemas;

public sealed class DeskTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Its_questions_are_answered_as_plain_SQL_answers_them()
    {
        await using var world = await SchemaWorld.Start("desk");
        await world.Fill(output, numbers => new DeskRecords(world, numbers).Fill());
        await new Answers(world, output).Judge(new DeskQuestions(world).All, closed: "tickets");
        await Plans.RequireNoScan(world, "tickets", output);
    }
}
