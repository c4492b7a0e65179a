using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Castellan.EndToEnd.Browser;

/// <summary>What a customer does with projects, tasks and comments, in the tab of an organisation.</summary>
internal sealed class WorkTab(Window window, IPage page)
{
    /// <summary>By keyboard: from the field that is filled in, Enter sends.</summary>
    public async Task CreateProject(string name)
    {
        await Open();
        await page.GetByLabel("Project name").FillAsync(name);
        await page.GetByLabel("Summary").FillAsync($"All about the {name.ToLowerInvariant()}");
        await page.Keyboard.PressAsync("Enter");
        await Expect(List("Projects")).ToContainTextAsync(name);
        await window.Look(page, "projects");
        await OpenProject(name);
    }

    public async Task OpenProject(string name)
    {
        await Open();
        // The list may be from before another person made the project.
        await page.ReloadAsync();
        await Link(name).ClickAsync();
        await Section(name);
    }

    public async Task AddTask(string title)
    {
        await page.GetByLabel("Task", new() { Exact = true }).FillAsync(title);
        await page.GetByRole(AriaRole.Button, new() { Name = "Add task" }).ClickAsync();
        await Expect(List("Tasks")).ToContainTextAsync(title);
        await Expect(Status(title)).ToHaveValueAsync("open");
        await window.Look(page, "tasks");
    }

    public async Task MoveTask(string title, string to)
    {
        await Status(title).SelectOptionAsync(new SelectOptionValue { Label = to });
        await Expect(Status(title)).ToBeEnabledAsync();
        await page.ReloadAsync();
        await Expect(Status(title).Locator("option:checked")).ToHaveTextAsync(to);
    }

    public async Task Comment(string task, string text, string by)
    {
        await Link(task).ClickAsync();
        await Section(task);
        await page.GetByLabel("Comment", new() { Exact = true }).FillAsync(text);
        await page.Keyboard.PressAsync("Enter");
        await Expect(List("Comments")).ToContainTextAsync(text);
        await Expect(List("Comments")).ToContainTextAsync(by);
        await window.Look(page, "comments");
    }

    public async Task FindComment(string task, string text, string by)
    {
        await Link(task).ClickAsync();
        await Expect(List("Comments")).ToContainTextAsync(text);
        await Expect(List("Comments")).ToContainTextAsync(by);
    }

    /// <summary>On a page from before the role was taken away: the rule decides, and not the page.</summary>
    public async Task FindThatItIsRefused(string title, string to)
    {
        await Status(title).SelectOptionAsync(new SelectOptionValue { Label = to });
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("Your role does not let you do this");
        window.WasRefused(403);
        await window.Look(page, "rule-denied");
    }

    /// <summary>A viewer sees everything, and is offered no change.</summary>
    public async Task FindNothingToEdit(string project, string task, string status)
    {
        await Open();
        await Expect(List("Projects")).ToContainTextAsync(project);
        await Expect(page.GetByLabel("Project name")).ToHaveCountAsync(0);
        await OpenProject(project);
        await Expect(List("Tasks")).ToContainTextAsync(status);
        await Expect(Status(task)).ToHaveCountAsync(0);
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Add task" })).ToHaveCountAsync(0);
        await window.Look(page, "tasks-of-a-viewer");
        await Link(task).ClickAsync();
        await Section(task);
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Add comment" })).ToHaveCountAsync(0);
    }

    private async Task Open()
    {
        var tab = page.GetByRole(AriaRole.Navigation, new() { Name = "Organisation" })
            .GetByRole(AriaRole.Link, new() { Name = "Projects" });
        await tab.ClickAsync();
        await Expect(tab).ToHaveAttributeAsync("aria-current", "page");
    }

    private ILocator Status(string task) => page.GetByLabel($"Status of {task}");

    private ILocator List(string name) => page.GetByRole(AriaRole.List, new() { Name = name, Exact = true });

    private ILocator Link(string name) => page.GetByRole(AriaRole.Link, new() { Name = name, Exact = true });

    private Task Section(string title) =>
        Expect(page.GetByRole(AriaRole.Heading, new() { Level = 2, Name = title })).ToBeVisibleAsync();
}
