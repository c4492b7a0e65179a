using AwesomeAssertions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Castellan.EndToEnd.Browser;

/// <summary>What a customer does in the sample app, and on Castellan's pages on the way.</summary>
internal sealed class PersonTab(Window window, IPage page, string name, string email, string origin)
{
    private const string Password = "correct horse battery";

    public string Name => name;

    public string Email => email;

    public WorkTab Work { get; } = new(window, page);

    /// <summary>From a page of the app that asks for a sign-in, by a new account and the first consent, back.</summary>
    public async Task SignUp(string from, string arrivesAt)
    {
        await page.GotoAsync(from);
        await Expect(Button("Sign in")).ToBeVisibleAsync();
        await window.Look(page, "app-signed-out");
        await Button("Sign in").ClickAsync();
        await Heading("Sign in to Customer portal");
        await page.GetByRole(AriaRole.Link, new() { Name = "Create an account" }).ClickAsync();
        await Heading("Create an account for Customer portal");
        await window.Look(page, "sign-up");
        await page.GetByLabel("E-mail address").FillAsync(email);
        await page.GetByLabel("Name").FillAsync(name);
        await page.GetByLabel("Password").FillAsync(Password);
        await Button("Create account").ClickAsync();
        await Heading("Continue to Customer portal?");
        await window.Look(page, "consent");
        await Button("Continue").ClickAsync();
        await Heading(arrivesAt);
        await window.Look(page, "app-signed-in");
    }

    /// <summary>By keyboard alone, in the order in which Tab leads through the page.</summary>
    public async Task SignInByKeyboard()
    {
        await page.GotoAsync(origin);
        await Reach(Button("Sign in"));
        await page.Keyboard.PressAsync("Enter");
        await Heading("Sign in to Customer portal");
        await window.Look(page, "sign-in");

        await Expect(page.GetByLabel("E-mail address")).ToBeFocusedAsync();
        await page.Keyboard.TypeAsync(email);
        ILocator[] order =
        [
            page.GetByLabel("Password"), Button("Sign in"), page.GetByRole(AriaRole.Link, new() { Name = "Forgot" }),
            page.GetByRole(AriaRole.Link, new() { Name = "Create an account" }),
        ];
        foreach (var stop in order)
        {
            await page.Keyboard.PressAsync("Tab");
            await Expect(stop).ToBeFocusedAsync();
        }
        await Reach(page.GetByLabel("Password"), "Shift+Tab");
        await page.Keyboard.TypeAsync(Password + "!");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.GetByRole(AriaRole.Alert)).ToBeVisibleAsync();
        window.WasRefused(403);
        await window.Look(page, "sign-in-refused");

        await Reach(page.GetByLabel("Password"));
        await page.Keyboard.TypeAsync(Password);
        await page.Keyboard.PressAsync("Enter");
        await Heading("Organisations");
        await window.Look(page, "organisations");
    }

    public async Task Confirm(string link)
    {
        await page.GotoAsync(link);
        await Heading("Confirm your address");
        await window.Look(page, "confirm");
        await Button("Confirm my address").ClickAsync();
        await Heading("Your address is confirmed");
        await window.Look(page, "confirmed");
        await page.GetByRole(AriaRole.Link, new() { Name = "Go on" }).ClickAsync();
        await Heading("Your account");
        await Expect(page.GetByLabel("Name", new() { Exact = true })).ToHaveValueAsync(name);
        await window.Look(page, "account");
        await page.GetByRole(AriaRole.Link, new() { Name = "Customer portal" }).First.ClickAsync();
        await Heading("Organisations");
    }

    public async Task CreateOrganisation(string name, string workspace)
    {
        await page.GetByLabel("Organisation name").FillAsync(name);
        await Button("Create organisation").ClickAsync();
        await Heading(name);
        await CreateWorkspace(workspace);
        await window.Look(page, "workspaces");
    }

    public async Task CreateWorkspace(string name)
    {
        await Tab("Workspaces");
        await page.GetByLabel("Workspace name").FillAsync(name);
        await Button("Create workspace").ClickAsync();
        await Expect(page.GetByRole(AriaRole.List, new() { Name = "Workspaces" })).ToContainTextAsync(name);
    }

    public async Task Invite(string whom)
    {
        await TryInvite(whom);
        await Expect(page.GetByText($"An invitation was sent to {whom}.")).ToBeVisibleAsync();
        await window.Look(page, "invited");
    }

    public async Task FindReadOnly()
    {
        await TryInvite("carla@example.com");
        await Expect(page.GetByText("This app is frozen: you can look at everything")).ToBeVisibleAsync();
        window.WasRefused(403);
        await window.Look(page, "read-only");
        await Tab("Members");
        await Expect(page.GetByRole(AriaRole.List, new() { Name = "Members" })).ToContainTextAsync(email);
    }

    /// <summary>Whoever only says to own the invited address is not let in.</summary>
    public async Task FindThatAnAddressMustBeConfirmed()
    {
        await Button("Accept invitation").ClickAsync();
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("Your address is not verified yet");
        window.WasRefused(403);
        await window.Look(page, "not-confirmed-yet");
    }

    public async Task Accept(string organisation)
    {
        await Expect(page.GetByRole(AriaRole.List, new() { Name = "Invitations for you" }))
            .ToContainTextAsync(organisation);
        await window.Look(page, "invitation-for-me");
        await Button("Accept invitation").ClickAsync();
        await Heading(organisation);
    }

    public async Task ChangeRole(string of, string to)
    {
        await Tab("Members");
        await window.Look(page, "members");
        await page.GetByLabel($"Role of {of}").SelectOptionAsync(to);
        await Expect(page.GetByLabel($"Role of {of}")).ToBeEnabledAsync();
        await Expect(page.GetByLabel($"Role of {of}")).ToHaveValueAsync(to);
    }

    public async Task FindRole(string role)
    {
        await page.ReloadAsync();
        await Expect(page.GetByText($"Your role: {role}")).ToBeVisibleAsync();
    }

    public async Task Remove(string whom)
    {
        await Tab("Members");
        await Button($"Remove {whom}").ClickAsync();
        await window.Look(page, "remove");
        await page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Remove" }).ClickAsync();
        await Expect(Button($"Remove {whom}")).ToHaveCountAsync(0);
    }

    /// <summary>What was shown before is gone from the next call on, as if it had never been.</summary>
    public async Task FindNothing()
    {
        await page.ReloadAsync();
        await Expect(page.GetByText("you are not a member of it")).ToBeVisibleAsync();
        window.WasRefused(404);
        await window.Look(page, "no-longer-a-member");
    }

    public async Task FindActivity(params string[] words)
    {
        await Tab("Activity");
        foreach (var word in words)
            await Expect(page.GetByRole(AriaRole.List, new() { Name = "Recent activity" })).ToContainTextAsync(word);
        await window.Look(page, "activity");
    }

    /// <summary>On the account page, ends what another browser began.</summary>
    public async Task SignOutElsewhere(string device)
    {
        var back = page.Url;
        await page.GetByRole(AriaRole.Link, new() { Name = "Account" }).ClickAsync();
        await Heading("Account");
        await Expect(page.GetByRole(AriaRole.List, new() { Name = "Your sessions" })).ToContainTextAsync(device);
        await window.Look(page, "app-account");
        await page.GetByRole(AriaRole.Link, new() { Name = "Password, sessions and account deletion" }).ClickAsync();
        await Heading("Your account");
        await Button($"Sign out of Customer portal, {device}").ClickAsync();
        await Expect(page.GetByRole(AriaRole.Status)).ToContainTextAsync("own pages still know that browser");
        await Expect(Button("Sign out everywhere")).ToHaveCountAsync(1);
        await Expect(Button("Sign out of Customer portal, this browser")).ToBeVisibleAsync();
        await Expect(page.GetByText("This browser", new() { Exact = true })).ToHaveCountAsync(2);
        await window.Look(page, "account-signed-out-elsewhere");
        await page.GotoAsync(back);
    }

    /// <summary>The very next call is refused, and the app asks for a sign-in.</summary>
    public async Task FindSignedOut()
    {
        var answers = new List<int>();
        page.Response += (_, response) =>
        {
            if (response.Url.Contains("/v1/", StringComparison.Ordinal) && response.Request.Method != "OPTIONS")
                answers.Add(response.Status);
        };
        await page.GetByRole(AriaRole.Link, new() { Name = "Account" }).ClickAsync();
        await Expect(Button("Sign in")).ToBeVisibleAsync();
        answers.Should().NotBeEmpty().And.OnlyContain(status => status == 401);
        window.WasRefused(401, 400);
        await window.Look(page, "app-signed-out-from-afar");
    }

    private async Task TryInvite(string whom)
    {
        await Tab("Invitations");
        await page.GetByLabel("E-mail address").FillAsync(whom);
        await Button("Invite").ClickAsync();
    }

    private async Task Tab(string name)
    {
        var tab = page.GetByRole(AriaRole.Navigation, new() { Name = "Organisation" })
            .GetByRole(AriaRole.Link, new() { Name = name });
        await tab.ClickAsync();
        await Expect(tab).ToHaveAttributeAsync("aria-current", "page");
    }

    private ILocator Button(string name) => page.GetByRole(AriaRole.Button, new() { Name = name, Exact = true });

    private Task Heading(string words) =>
        Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync(words);

    /// <summary>Presses a key until the focus is there; a page has less than twenty stops.</summary>
    private async Task Reach(ILocator target, string key = "Tab")
    {
        await Expect(target).ToBeVisibleAsync();
        for (var press = 0; press < 20; press++)
        {
            if (await target.EvaluateAsync<bool>("e => e === document.activeElement")) return;
            await page.Keyboard.PressAsync(key);
        }
        await Expect(target).ToBeFocusedAsync();
    }
}
