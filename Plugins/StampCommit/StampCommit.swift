import Foundation
import PackagePlugin

/// Before every build, writes down the commit that is being built, as `let builtCommit = "…"`.
///
/// A macro in Package.swift would be simpler, but manifests are cached: it would name an older commit.
@main
struct StampCommit: BuildToolPlugin {
    func createBuildCommands(context: PluginContext, target: any Target) throws -> [Command] {
        let script = context.package.directoryURL.appending(path: "Plugins/StampCommit/stamp.sh")
        return [
            .prebuildCommand(
                displayName: "Stamping the commit", executable: URL(filePath: "/bin/sh"),
                arguments: [script.path(percentEncoded: false), context.package.directoryURL.path(percentEncoded: false),
                            context.pluginWorkDirectoryURL.path(percentEncoded: false)],
                outputFilesDirectory: context.pluginWorkDirectoryURL)
        ]
    }
}
