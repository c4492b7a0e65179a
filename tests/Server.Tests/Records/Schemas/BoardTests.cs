namespace Castellan.Tests.Records.Schemas;

public sealed class BoardTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Its_questions_are_answered_as_plain_SQL_answers_them()
    {
        await using var world = await SchemaWorld.Start("board");
        await world.Fill(output, numbers => new BoardRecords(world, numbers).Fill());
        await new Answers(world, output).Judge(new BoardQuestions(world).All, closed: "cards");
        await Plans.RequireNoScan(world, "cards", output);
    }
}
