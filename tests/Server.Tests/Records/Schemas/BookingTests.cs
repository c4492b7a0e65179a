namespace Castellan.Tests.Records.Schemas;

public sealed class BookingTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Its_questions_are_answered_as_plain_SQL_answers_them()
    {
        await using var world = await SchemaWorld.Start("booking");
        await world.Fill(output, numbers => new BookingRecords(world, numbers).Fill());
        await new Answers(world, output).Judge(new BookingQuestions(world).All, closed: "bookings");
        await Plans.RequireNoScan(world, "bookings", output);
    }
}
