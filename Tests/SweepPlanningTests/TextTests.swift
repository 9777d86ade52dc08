import Foundation
import KernelSelection
import SweepPlanning
import Testing

private func load(_ path: String) -> SweepFileError? {
    do {
        _ = try SweepPlanner.load(path: path, catalogue: KernelSelection.catalogue)
        return nil
    } catch {
        return error as? SweepFileError
    }
}

/// A file that is removed in the end.
private func withFile<Value>(_ bytes: Data, _ body: (String) throws -> Value) throws -> Value {
    let url = FileManager.default.temporaryDirectory.appendingPathComponent("samsweep-\(UUID().uuidString).yaml")
    try bytes.write(to: url)
    defer { try? FileManager.default.removeItem(at: url) }
    return try body(url.path)
}

@Test func aMissingFileIsNotFound() throws {
    let error = try #require(load("/nowhere/sweep.yaml"))
    #expect(error.kind == .notFound)
    #expect("\(error)".contains("/nowhere/sweep.yaml: cannot be read: No such file"))
}

@Test func aFolderIsNotFound() throws {
    let error = try #require(load("/"))
    #expect(error.kind == .notFound)
    #expect("\(error)".contains("it is a folder"))
}

@Test func aFileIsPlannedLikeItsText() throws {
    let text = sweepText()
    try withFile(Data(text.utf8)) { path in
        let sweep = try SweepPlanner.load(path: path, catalogue: KernelSelection.catalogue)
        #expect(try sweep.planFingerprint == plan(text).planFingerprint)
    }
}

@Test func aFileOfAHundredMegabytesIsRefusedUnread() throws {
    let url = FileManager.default.temporaryDirectory.appendingPathComponent("samsweep-\(UUID().uuidString).yaml")
    #expect(FileManager.default.createFile(atPath: url.path, contents: nil))
    defer { try? FileManager.default.removeItem(at: url) }
    let handle = try FileHandle(forWritingTo: url)
    try handle.truncate(atOffset: 100_000_000)
    try handle.close()
    let error = try #require(load(url.path))
    #expect(error.kind == .invalid)
    #expect("\(error)".contains("at most 1000000 bytes, got 100000000 bytes"))
}

@Test func anEndlessDeviceIsRefused() throws {
    let error = try #require(load("/dev/zero"))
    #expect(error.kind == .invalid)
    #expect("\(error)".contains("at most 1000000 bytes"))
}

@Test func textThatIsNotUTF8IsRefusedWithItsPlace() throws {
    try withFile(Data("schema: 1\nname: a\u{E9}".utf8 + [0xFF, 0x41])) { path in
        let error = try #require(load(path))
        #expect(error.kind == .invalid)
        #expect(error.diagnostics[0].line == 2)
        #expect(error.diagnostics[0].column == 9)
        #expect(error.diagnostics[0].value == "byte 0xff")
    }
    // UTF-16 begins with a byte order mark that is not UTF-8.
    try withFile(Data([0xFF, 0xFE, 0x61, 0x00])) { path in
        let error = try #require(load(path))
        #expect(error.diagnostics[0].line == 1)
        #expect(error.diagnostics[0].remedy.contains("UTF-8"))
    }
}

@Test(arguments: [
    ("steps: &n 10\n", 1, "anchors and aliases are not allowed"),
    ("a: &x [1, 1]\nb: [*x, *x]\n", 1, "anchors and aliases are not allowed"),
    ("a: *x\n", 1, "anchors and aliases are not allowed"),
    ("? [1, 2]\n: 3\n", 1, "a key must be a plain word"),
    ("a: !!float 1\n", 1, "tags are not allowed"),
    ("a: !mine {b: 1}\nb: 2\n", 1, "unknown key"),
    ("a: 1\n---\nb: 1\n", 2, "another document"),
    ("a: [1, 2\nb: 3\n", 2, "not valid YAML"),
    ("a: b: c\n", 1, "not valid YAML"),
    ("a: 1\na: 2\n", 1, "given twice"),
    ("a: \"open\n", 2, "not valid YAML"),
    ("a:\n\t- 1\n", 2, "not valid YAML"),
    ("a: \u{7}\n", 1, "control characters"),
    ("a: @b\n", 1, "not valid YAML"),
    ("%YAML 9.9\n---\na: 1\n", 1, "not valid YAML"),
] as [(String, Int, String)])
func yamlBeyondPlainMapsAndListsIsRefused(text: String, line: Int, message: String) throws {
    let error = try #require(failure(text))
    #expect(error.kind == .invalid)
    #expect(error.diagnostics.contains { $0.line == line && "\($0)".contains(message) }, "\(error)")
}

@Test func anAliasBombIsCheapToRefuse() throws {
    var text = "l0: &l0 [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]\n"
    for level in 1..<40 {
        text += "l\(level): &l\(level) [\(Array(repeating: "*l\(level - 1)", count: 10).joined(separator: ", "))]\n"
    }
    // As a key the bomb would go off while keys are compared.
    text += "? *l39\n: 1\n? *l38\n: 2\n"
    let error = try #require(failure(text))
    #expect(error.diagnostics[0].line == 1)
    #expect("\(error)".contains("anchors and aliases are not allowed"))
}

@Test(arguments: [50, 900, 50_000])
func deepNestingIsRefused(levels: Int) throws {
    let flow = "a: " + String(repeating: "[", count: levels) + String(repeating: "]", count: levels) + "\n"
    let flowError = try #require(failure(flow))
    #expect("\(flowError)".contains("nested"), "\(flowError)")
    var block = ""
    for level in 0..<min(levels, 1200) { block += String(repeating: " ", count: level) + "a:\n" }
    let blockError = try #require(failure(block))
    #expect("\(blockError)".contains("nested") || "\(blockError)".contains("unknown key"), "\(blockError)")
}

@Test func asterisksInTextsStay() throws {
    let sweep = try plan(sweepText("title: \"2 * 3 *x\"\nwhere: learning_rate * 2 < 2 ** 3"))
    #expect(sweep.title == "2 * 3 *x")
}

@Test func lineEndingsOfWindowsAndAByteOrderMarkAreRead() throws {
    let text = "\u{FEFF}" + sweepText().replacing("\n", with: "\r\n")
    #expect(try plan(text).planFingerprint == plan(sweepText()).planFingerprint)
    let error = try #require(failure(sweepText("where: rho < x").replacing("\n", with: "\r\n")))
    #expect(error.diagnostics[0].line == 7)
    #expect(error.diagnostics[0].column == 14)
}

@Test func columnsCountCharactersNotBytes() throws {
    let error = try #require(failure("schema: 1\nname: ä\n"))
    #expect(error.diagnostics.contains { $0.line == 2 && $0.column == 7 && $0.value == "ä" })
    let place = try #require(failure(sweepText("where: \"'ä' == 'ö' or rho < x\"")))
    #expect(place.diagnostics[0].line == 7)
}

/// A megabyte of anything is read or refused without long thought.
@Test func hostileMegabytesAreHandledInTime() throws {
    let unknown = (0..<70_000).map { "key\($0): 1\n" }.joined()
    let error = try #require(failure(unknown))
    #expect(error.unlisted > 69_000)
    let long = BadInput.head + "axes: {learning_rate: [\((1...120_000).map { "\($0)" }.joined(separator: ","))]}\n"
    #expect(failure(long) == nil)
    let wrong = BadInput.head + "axes: {learning_rate: [\(Array(repeating: "x", count: 400_000).joined(separator: ","))]}\n"
    #expect(try #require(failure(wrong)).unlisted == 399_980)
    let names = Array(repeating: "sgdd", count: 100_000).joined(separator: ",")
    for name in ["sgdd", "sgd"] {
        let text = BadInput.head.replacing("optimizer: sgd", with: "optimizer: [\(names.replacing("sgdd", with: name))]")
        #expect(try #require(failure(text)).unlisted > 99_000)
    }
    let records = BadInput.head + "record: [\(Array(repeating: "distance", count: 60_000).joined(separator: ","))]\n"
    #expect(try #require(failure(records)).unlisted > 59_000)
    let schedules = (0..<25_000).map { "{name: s\($0), factor: '1'}" }.joined(separator: ",")
    let many = try #require(failure(BadInput.head + "learning_rate_schedule: [\(schedules)]\n"))
    #expect(many.diagnostics.contains { $0.description.contains("has 25000 schedules of its own, and at most 1000 may be") })
}
