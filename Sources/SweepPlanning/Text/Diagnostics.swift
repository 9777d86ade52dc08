/// Gathers what is wrong, so that one reading reports all of it.
final class Diagnostics {
    /// More than these are counted, not listed.
    static let listed = 20

    let file: String
    private var found: [SweepDiagnostic] = []
    private var unlisted = 0

    init(file: String) { self.file = file }

    var isEmpty: Bool { found.isEmpty }

    /// Values and remedies are put together only where they are shown: a hostile file has many.
    func report(
        _ place: SourcePlace, _ field: String, _ message: String, value: @autoclosure () -> String? = nil,
        remedy: @autoclosure () -> String
    ) {
        guard found.count < Self.listed else {
            unlisted += 1
            return
        }
        var file = file, line: Int?, column: Int?, argument: String?
        switch place {
        case .file(let atLine, let atColumn): (line, column) = (atLine, atColumn)
        case .used(let document, let atLine, let atColumn):
            (file, line, column) = (document.shownName, atLine, atColumn)
        case .argument(let text): argument = text
        case .whole: break
        }
        found.append(SweepDiagnostic(
            file: file, line: line, column: column, argument: argument, field: field, value: value(),
            message: message, remedy: remedy()))
    }

    /// About a value, which is shown.
    func report(_ node: SourceNode, _ field: String, _ message: String, remedy: @autoclosure () -> String) {
        report(node.place, field, message, value: node.summary, remedy: remedy())
    }

    /// Throws everything reported so far.
    func throwIfAny() throws {
        guard !found.isEmpty else { return }
        throw error(found.allSatisfy { $0.argument != nil } ? .usage : .invalid)
    }

    func error(_ kind: SweepFileError.Kind) -> SweepFileError {
        let order = found.indices.sorted { a, b in
            let first = (found[a].line ?? .max, found[a].column ?? 0, a)
            return first < (found[b].line ?? .max, found[b].column ?? 0, b)
        }
        return SweepFileError(kind: kind, diagnostics: order.map { found[$0] }, unlisted: unlisted)
    }
}
