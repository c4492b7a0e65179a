using Xunit;

namespace Castellan.EndToEnd.Browser;

/// <summary>
/// The README's walk, in a real browser against the published server: what a newcomer does in the first quarter of an
/// hour, with two people, three browsers and one app. Each page on the way is judged by <see cref="Window.Look"/>.
/// </summary>
public sealed class WalkTests : IAsyncLifetime
{
    private const string Organisation = "Acme";
    private const string OtherComputer =
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36";

    private Stage stage = null!;

    public async ValueTask InitializeAsync() => stage = await Stage.Set();

    public ValueTask DisposeAsync() => stage.DisposeAsync();

    [Fact]
    public Task A_newcomer_gets_from_the_owners_link_to_the_audit_log() => stage.Play(async () =>
    {
        var here = await stage.OpenWindow("here");
        var privately = await stage.OpenWindow("private");
        var elsewhere = await stage.OpenWindow("elsewhere", new() { UserAgent = OtherComputer });
        var olga = new OperatorTab(here, await here.NewTab(), stage.Castellan);
        var ada = await stage.Person(here, "Ada", "ada@example.com");
        var bob = await stage.Person(privately, "Bob", "bob@example.com");

        await olga.Own(stage.OwnerLink);
        stage.Sample.Configure(stage.Castellan, await olga.Register("Customer portal", stage.Sample.Origin));
        await ApplyTheContract(await olga.OneTimeToken());
        await TwoPeopleMeet(olga, ada, bob);
        await TheyWorkTogether(ada, bob);
        await RolesHoldAtOnce(ada, bob);
        await ASessionEndsFromAfar(ada, await stage.Person(elsewhere, "Ada", ada.Email));
        await TheAppIsFrozen(olga, ada);

        await olga.FindInAudit(
            (OperatorTab.Email, "apps.create", "done"), (OperatorTab.Email, "apps.transition", "done"),
            (OperatorTab.Email, "contracts.apply", "done"), (bob.Name, "records.create", "done"),
            (ada.Name, "tenants.create", "done"), (ada.Name, "invitations.create", "done"),
            (bob.Name, "users.verify_email", "done"), (bob.Name, "invitations.accept", "done"),
            (ada.Name, "members.update", "done"), (ada.Name, "members.remove", "done"),
            (ada.Name, "sessions.revoke", "done"), (ada.Name, "invitations.create", "denied"));
        await olga.LookAround(ada.Email, Organisation);
        await olga.KeepAnAgent("Summarizer");
        await olga.KeepABudget("Messages");
        await olga.EndSessions(ada.Email);
        await ada.FindSignedOut();
        await olga.ReadTheApi();
        await olga.ChangeTheOwnAccount();
        await olga.SignOutAndIn();
    });

    private async Task TwoPeopleMeet(OperatorTab olga, PersonTab ada, PersonTab bob)
    {
        await ada.SignUp(stage.Sample.Origin, arrivesAt: "Organisations");
        await ada.Confirm(await olga.MailedLink(ada.Email, "Confirm your address"));
        await ada.CreateOrganisation(Organisation, "Research");
        await ada.Invite(bob.Email);

        var invitation = await olga.MailedLink(bob.Email, $"Invitation to {Organisation}");
        await bob.SignUp(invitation, arrivesAt: "Join an organisation");
        await bob.FindThatAnAddressMustBeConfirmed();
        await bob.Confirm(await olga.MailedLink(bob.Email, "Confirm your address"));
        await bob.Accept(Organisation);
    }

    /// <summary>As a builder does: with the command line, from the file in the app's folder.</summary>
    private async Task ApplyTheContract(string oneTimeToken)
    {
        using var cli = new Cli();
        await cli.Must("login", "--url", stage.Castellan.GetLeftPart(UriPartial.Authority), "--token", oneTimeToken);
        var contract = Repository.At("samples", "customer-portal", "castellan.json");
        string[] named = [contract, "--app", "Customer portal"];
        Assert.Equal(4, (await cli.Run(["plan", .. named])).ExitCode);
        await cli.Must(["apply", .. named, "--reason", "Projects, tasks and comments"]);
        Assert.Equal(0, (await cli.Run(["plan", .. named])).ExitCode);
    }

    private static async Task TheyWorkTogether(PersonTab ada, PersonTab bob)
    {
        await ada.Work.CreateProject("Website");
        await ada.Work.AddTask("Write the first page");
        await bob.Work.OpenProject("Website");
        await bob.Work.MoveTask("Write the first page", "In progress");
        await bob.Work.Comment("Write the first page", "The draft is ready", by: bob.Name);
        await ada.Work.FindComment("Write the first page", "The draft is ready", by: bob.Name);

        await bob.Work.OpenProject("Website");
        await ada.ChangeRole(of: bob.Email, to: "viewer");
        await bob.Work.FindThatItIsRefused("Write the first page", "Done");
        await bob.FindRole("Viewer");
        await bob.Work.FindNothingToEdit("Website", "Write the first page", "In progress");
    }

    private static async Task RolesHoldAtOnce(PersonTab ada, PersonTab bob)
    {
        await ada.ChangeRole(of: bob.Email, to: "admin");
        await bob.FindRole("Admin");
        await ada.Remove(bob.Email);
        await bob.FindNothing();
        await ada.FindActivity(
            ada.Name, "added a project", "changed a task", "added a comment", $"invited {bob.Email} as Member",
            "joined by invitation as Member", "changed the role of Bob to Admin", "removed Bob, who was Admin");
    }

    private static async Task ASessionEndsFromAfar(PersonTab ada, PersonTab adaElsewhere)
    {
        await adaElsewhere.SignInByKeyboard();
        await ada.SignOutElsewhere("Chrome on Windows");
        await adaElsewhere.FindSignedOut();
    }

    private static async Task TheAppIsFrozen(OperatorTab olga, PersonTab ada)
    {
        await olga.Move("Customer portal", "frozen", "An incident drill");
        await ada.FindReadOnly();
        await olga.Move("Customer portal", "prototype", "The drill is over");
        await ada.CreateWorkspace("Support");
    }
}
