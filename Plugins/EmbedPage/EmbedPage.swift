import Foundation
import PackagePlugin

/// Writes the template of a target's pages, Page/page.html, into a Swift file, as `let pageTemplate: String`.
///
/// SwiftPM's `embedInCode` makes an array of single bytes of it, whose compilation takes longer than the rest of the target.
@main
struct EmbedPage: BuildToolPlugin {
    func createBuildCommands(context: PluginContext, target: any Target) throws -> [Command] {
        let script = context.package.directoryURL.appending(path: "Plugins/EmbedPage/embed.sh")
        let page = target.directoryURL.appending(path: "Page/page.html")
        let output = context.pluginWorkDirectoryURL.appending(path: "PageTemplate.swift")
        return [
            .buildCommand(
                displayName: "Embedding the template of the page", executable: URL(filePath: "/bin/sh"),
                arguments: [script, page, output].map { $0.path(percentEncoded: false) },
                inputFiles: [script, page], outputFiles: [output])
        ]
    }
}
