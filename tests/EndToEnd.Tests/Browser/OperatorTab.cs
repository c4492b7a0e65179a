using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Castellan.EndToEnd.Browser;

/// <summary>What the owner of the installation does on the operators' pages.</summary>
internal sealed class OperatorTab(Window window, IPage page, Uri castellan)
{
    public const string Email = "olga@example.com";
    public const string Password = "three quiet harbours";

    private const string NewEmail = "olga.orlova@example.com";
    private const string NewPassword = "nine calm yellow rivers";

    public async Task Own(Uri link)
    {
        await page.GotoAsync(link.OriginalString);
        await window.Look(page, "owner-link");
        await page.GetByLabel("Your name").FillAsync("Olga Owner");
        await page.GetByLabel("E-mail address").FillAsync(Email);
        await page.GetByLabel("Password").FillAsync(Password);
        await page.GetByRole(AriaRole.Button, new() { Name = "Set password and sign in" }).ClickAsync();
        await Heading("Overview");
        await window.Look(page, "overview");
    }

    /// <summary>Registers the sample app and lets it in from where it is served; gives its publishable key.</summary>
    public async Task<string> Register(string name, string origin)
    {
        await Go("Apps");
        await window.Look(page, "apps-none");
        await page.GetByRole(AriaRole.Link, new() { Name = "Register an app" }).ClickAsync();
        await window.Look(page, "register");
        await page.GetByLabel("Name", new() { Exact = true }).FillAsync(name);
        await page.GetByLabel("Owner").FillAsync("Platform team");
        await page.GetByLabel("Made with").SelectOptionAsync("lovable");
        await page.GetByLabel("Most sensitive data").SelectOptionAsync("personal");
        await page.GetByRole(AriaRole.Button, new() { Name = "Register" }).ClickAsync();
        await Said($"{name} is registered.");

        await page.GetByLabel("Origins").FillAsync(origin);
        await page.GetByLabel("Redirect addresses").FillAsync($"{origin}/callback");
        await page.GetByRole(AriaRole.Button, new() { Name = "Save for sandbox" }).ClickAsync();
        await Said("Saved for sandbox.");
        await window.Look(page, "app");
        return await page.Locator("dt:text-is('Publishable key') + dd code").InnerTextAsync();
    }

    /// <summary>Makes the token with which the command line signs in.</summary>
    public async Task<string> OneTimeToken()
    {
        await Go("Operators");
        await page.GetByRole(AriaRole.Button, new() { Name = "Make a token" }).ClickAsync();
        var line = await page.GetByText("castellan login --url").InnerTextAsync();
        await window.Look(page, "one-time-token");
        return line.Split(' ')[^1];
    }

    /// <summary>Opens the newest mail with a subject to somebody, and gives the address of the link in it.</summary>
    public async Task<string> MailedLink(string to, string subject)
    {
        await Go("Mailbox");
        await window.Look(page, "mailbox");
        await page.GetByRole(AriaRole.Row).Filter(new() { HasText = to })
            .GetByRole(AriaRole.Link, new() { Name = subject }).First.ClickAsync();
        await Heading(subject);
        await window.Look(page, "mail");
        return (await page.Locator(".mail a").GetAttributeAsync("href"))!;
    }

    public async Task Move(string app, string state, string reason)
    {
        await Go("Apps");
        await page.GetByRole(AriaRole.Link, new() { Name = app }).ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Change state" }).ClickAsync();
        await window.Look(page, "change-state");
        await page.GetByRole(AriaRole.Radio, new() { Name = state }).CheckAsync();
        await page.GetByLabel("Reason").FillAsync(reason);
        await page.GetByRole(AriaRole.Button, new() { Name = "Change state" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToContainTextAsync(state);
        await window.Look(page, $"app-{state}");
    }

    /// <summary>Each act has its line: who, what, through which app, with which outcome.</summary>
    public async Task FindInAudit(params (string Who, string Did, string Outcome)[] acts)
    {
        await Go("Audit");
        await window.Look(page, "audit");
        foreach (var (who, did, outcome) in acts)
        {
            var line = page.GetByRole(AriaRole.Row).Filter(new() { HasText = who })
                .Filter(new() { Has = page.GetByText(did, new() { Exact = true }) })
                .Filter(new() { Has = page.GetByText(outcome, new() { Exact = true }) });
            await Expect(line.First).ToBeVisibleAsync();
        }
    }

    /// <summary>Lists and what they lead to: nobody may be left before a dead end.</summary>
    public async Task LookAround(string user, string tenant)
    {
        foreach (var (list, item) in new[] { ("Users", user), ("Tenants", tenant) })
        {
            await Go(list);
            await window.Look(page, list);
            await page.GetByRole(AriaRole.Link, new() { Name = item }).ClickAsync();
            await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToContainTextAsync(item);
            await window.Look(page, $"one-of-{list}");
        }
        await Go("Operators");
        await window.Look(page, "operators");
        await page.GotoAsync(new Uri(castellan, "errors").OriginalString);
        await window.Look(page, "errors");
    }

    /// <summary>Registers an agent, gives it a key to sign with, and ends it.</summary>
    public async Task KeepAnAgent(string name)
    {
        await Go("Agents");
        await window.Look(page, "agents-none");
        await page.GetByRole(AriaRole.Link, new() { Name = "Register an agent" }).ClickAsync();
        await window.Look(page, "register-agent");
        await page.GetByLabel("Name", new() { Exact = true }).FillAsync(name);
        await page.GetByLabel("Owner").FillAsync("Platform team");
        await page.GetByLabel("Purpose").FillAsync("Sums up what was written.");
        await page.GetByLabel("May be lent").FillAsync("records.list\nrecords.get");
        await Press("Register");
        await Expect(page.GetByText("Copy the token now")).ToBeVisibleAsync();
        await window.Look(page, "agent-token");
        await page.GetByRole(AriaRole.Link, new() { Name = "To the agent" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToContainTextAsync(name);
        await page.GetByRole(AriaRole.Link, new() { Name = "Add a key" }).ClickAsync();
        await window.Look(page, "agent-key");
        await page.GetByLabel("Public key of Ed25519").FillAsync("11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=");
        await Press("Add the key");
        await Said("The key is added.");
        await window.Look(page, "agent");
        await page.GetByRole(AriaRole.Link, new() { Name = "Kill", Exact = true }).ClickAsync();
        await window.Look(page, "kill-agent");
        await page.GetByLabel("Reason").FillAsync("It asked for more than it needs");
        await page.GetByLabel($"Type {name} to go on").FillAsync(name);
        await Press($"Kill {name}");
        await Said("The agent is killed.");
        await Go("Agents");
        await window.Look(page, "agents");
    }

    /// <summary>Makes a budget, lowers it, and deletes it.</summary>
    public async Task KeepABudget(string name)
    {
        await Go("Budgets");
        await window.Look(page, "budgets-none");
        await page.GetByRole(AriaRole.Link, new() { Name = "Make a budget" }).ClickAsync();
        await window.Look(page, "make-budget");
        await page.GetByLabel("Name", new() { Exact = true }).FillAsync(name);
        await page.GetByLabel("Unit").SelectOptionAsync("messages");
        await page.GetByLabel("Cap").FillAsync("10000");
        await page.Keyboard.PressAsync("Enter");
        await Said("The budget is made.");
        await window.Look(page, "budget");
        await page.GetByRole(AriaRole.Link, new() { Name = "Change", Exact = true }).ClickAsync();
        await page.GetByLabel("Cap").FillAsync("0");
        await page.GetByLabel("Reason").FillAsync("Nobody writes for now");
        await window.Look(page, "change-budget");
        await Press("Save");
        await Said("Saved.");
        await Go("Budgets");
        await window.Look(page, "budgets");
        await page.GetByRole(AriaRole.Link, new() { Name = name, Exact = true }).ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Delete", Exact = true }).ClickAsync();
        await window.Look(page, "delete-budget");
        await Press("Delete");
        await Said("The budget is deleted.");
    }

    /// <summary>Signs somebody out of every app.</summary>
    public async Task EndSessions(string of)
    {
        await Go("Users");
        await page.GetByRole(AriaRole.Link, new() { Name = of }).ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Sign out everywhere" }).ClickAsync();
        await window.Look(page, "end-sessions");
        await page.GetByLabel("Reason").FillAsync("A lost laptop");
        await page.Locator("#main").GetByRole(AriaRole.Button, new() { Name = "Sign out" }).ClickAsync();
        await Said("The user is signed out everywhere.");
    }

    /// <summary>The description of the API draws itself from this server alone.</summary>
    public async Task ReadTheApi()
    {
        await page.GotoAsync(new Uri(castellan, "docs").OriginalString);
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "Say whether a member, key or agent may" }))
            .ToBeVisibleAsync();
        await window.Glance(page, "docs");
    }

    /// <summary>A name, an address and a password of one's own, of which a guessable one is refused.</summary>
    public async Task ChangeTheOwnAccount()
    {
        await page.GotoAsync(new Uri(castellan, "admin").OriginalString);
        await Go("Your account");
        await window.Look(page, "own-account");
        await page.GetByLabel("Name").FillAsync("Olga Orlova");
        await Press("Save name");
        await Said("Your name is saved.");
        await page.GetByRole(AriaRole.Link, new() { Name = "Change e-mail address" }).ClickAsync();
        await window.Look(page, "own-address");
        await page.GetByLabel("New e-mail address").FillAsync(NewEmail);
        await page.GetByLabel("Your password").FillAsync(Password);
        await Press("Change address");
        await Said($"You sign in with {NewEmail} now.");
        await page.GetByRole(AriaRole.Link, new() { Name = "Change password" }).ClickAsync();
        await page.GetByLabel("Current password").FillAsync(Password);
        await page.GetByLabel("New password").FillAsync("passwordpassword");
        await Press("Change password");
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("guessers try first");
        window.WasRefused(422);
        await window.Look(page, "own-password-refused");
        await page.GetByLabel("Current password").FillAsync(Password);
        await page.GetByLabel("New password").FillAsync(NewPassword);
        await page.Keyboard.PressAsync("Enter");
        await Said("Your password is changed. Your other sessions have ended.");
    }

    public async Task SignOutAndIn()
    {
        await page.GotoAsync(new Uri(castellan, "admin").OriginalString);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign out" }).ClickAsync();
        await window.Look(page, "operator-sign-in");
        await page.GetByLabel("E-mail address").FillAsync(NewEmail);
        await page.GetByLabel("Password").FillAsync(NewPassword);
        await page.Keyboard.PressAsync("Enter");
        await Heading("Overview");
        await window.Look(page, "overview-at-the-end");
    }

    private async Task Go(string name)
    {
        // Elsewhere there are no operators' links.
        var pages = new Uri(castellan, "admin").OriginalString;
        if (!page.Url.StartsWith(pages, StringComparison.Ordinal)) await page.GotoAsync(pages);
        await page.GetByRole(AriaRole.Navigation, new() { Name = "Pages" })
            .GetByRole(AriaRole.Link, new() { Name = name, Exact = true }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToContainTextAsync(name);
    }

    private Task Press(string button) =>
        page.GetByRole(AriaRole.Button, new() { Name = button, Exact = true }).ClickAsync();

    private Task Said(string words) => Expect(page.GetByRole(AriaRole.Status)).ToHaveTextAsync(words);

    private Task Heading(string words) =>
        Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync(words);
}
