import Foundation
import Testing

@testable import ClusterSubmission

private let golden = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Golden")

/// The scripts as they are read by people; written anew with `SAMSWEEP_UPDATE_GOLDEN=1`.
@Test(arguments: SchedulerCatalogue.all.map(\.name), [false, true])
func scriptsReadAsRecorded(_ name: String, inRounds: Bool) throws {
    let scheduler = try #require(SchedulerCatalogue.find(name))
    var submission = fullSubmission(scheduler)
    submission.isInRounds = inRounds
    for file in try scheduler.files(for: submission) {
        let place = golden.appendingPathComponent(inRounds ? "\(name)/rounds" : name).appendingPathComponent(file.name)
        if ProcessInfo.processInfo.environment["SAMSWEEP_UPDATE_GOLDEN"] == "1" {
            try FileManager.default.createDirectory(
                at: place.deletingLastPathComponent(), withIntermediateDirectories: true)
            try file.text.write(to: place, atomically: true, encoding: .utf8)
        }
        let recorded = try? String(contentsOf: place, encoding: .utf8)
        #expect(
            file.text == recorded,
            """
            \(name)/\(file.name) \(recorded == nil ? "is not recorded" : "is another than is recorded"): it is written anew by \
            SAMSWEEP_UPDATE_GOLDEN=1 swift test --filter GoldenTests, for a look with git diff
            """)
    }
}

@Test(arguments: SchedulerCatalogue.all.map(\.name))
func everySubmissionHasASubmitScript(_ name: String) throws {
    let scheduler = try #require(SchedulerCatalogue.find(name))
    let files = try scheduler.files(for: fullSubmission(scheduler))
    #expect(files.contains { $0.name == "submit.sh" && $0.isExecutable })
    #expect(Set(files.map(\.name)).count == files.count)
    #expect(files.allSatisfy { $0.text.hasSuffix("\n") && !$0.text.hasSuffix("\n\n") && !$0.text.contains(" \n") })
}

@Test func schedulersHaveDifferentNames() {
    #expect(Set(SchedulerCatalogue.all.map(\.name)).count == SchedulerCatalogue.all.count)
    #expect(SchedulerCatalogue.find("no such scheduler") == nil)
}
