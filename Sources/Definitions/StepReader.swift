import ExpressionSyntax

/// Reads the text of a step: assignments, one a line, and blocks of them behind `if`, `elif` and `else`, as Python has them.
struct StepReader {
    private static let deepest = 16

    private let source: DefinitionSource
    private let scalars: [Unicode.Scalar]
    private(set) var conditions: [DefinedExpression] = []
    private var assignments: [AlgorithmDefinition.Assignment] = []
    private var blocks: [Block] = []
    /// What holds in a block that was announced and has not begun.
    private var announced: [AlgorithmDefinition.Guard]?

    private struct Block {
        var indentation: Int
        var guards: [AlgorithmDefinition.Guard]
        /// The conditions of the if and elif that stand just above.
        var chain: [Int]?
    }

    init(_ program: String, _ source: DefinitionSource) {
        scalars = Array(program.unicodeScalars)
        self.source = source
    }

    private func fault(_ offset: Int, _ message: String, _ value: String?, _ remedy: String) -> DefinitionError {
        DefinitionError(source: source, offset: offset, message: message, value: value, remedy: remedy)
    }

    private func text(_ range: Range<Int>) -> String {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars[range])
        return String(view)
    }

    /// An expression of the program; blanks in the place of all that comes before keep every offset the program's.
    private func expression(_ range: Range<Int>) throws(DefinitionError) -> DefinedExpression {
        try DefinedExpression(String(repeating: " ", count: range.lowerBound) + text(range), source: source)
    }

    mutating func read() throws(DefinitionError) -> [AlgorithmDefinition.Assignment] {
        guard scalars.count <= AlgorithmDefinition.longestProgram else {
            throw fault(
                0, "has more than \(AlgorithmDefinition.longestProgram) characters", "\(scalars.count)", "shorten the program")
        }
        var begin = 0
        while begin < scalars.count {
            let lineEnd = scalars[begin...].firstIndex { $0 == "\n" || $0 == "\r" } ?? scalars.count
            // What stands behind # is said to people.
            var end = scalars[begin..<lineEnd].firstIndex(of: "#") ?? lineEnd
            while end > begin, scalars[end - 1].properties.isWhitespace { end -= 1 }
            if let first = scalars[begin..<end].firstIndex(where: { !$0.properties.isWhitespace }) {
                try enter(indentation: first - begin, first, text(first..<end))
                try line(first..<end)
            }
            begin = lineEnd + 1
        }
        guard announced == nil else { throw emptyBlock(max(0, scalars.count - 1)) }
        guard !assignments.isEmpty else {
            throw fault(0, "does nothing", nil, "write x = x - learning_rate * grad(x)")
        }
        return assignments
    }

    private func emptyBlock(_ offset: Int) -> DefinitionError {
        fault(offset, "a block has no lines", nil, "indent what belongs to it, as in Python")
    }

    /// Finds the block that a line belongs to.
    private mutating func enter(indentation: Int, _ offset: Int, _ line: String) throws(DefinitionError) {
        guard let innermost = blocks.last else {
            blocks = [Block(indentation: indentation, guards: [])]
            return
        }
        if let guards = announced {
            guard indentation > innermost.indentation else { throw emptyBlock(offset) }
            guard blocks.count < Self.deepest else {
                throw fault(offset, "stands in more than \(Self.deepest) blocks", nil, "simplify the program")
            }
            blocks.append(Block(indentation: indentation, guards: guards))
            announced = nil
            return
        }
        while blocks.count > 1, let last = blocks.last, indentation < last.indentation { blocks.removeLast() }
        guard blocks.last?.indentation == indentation else {
            throw fault(offset, "is indented as no block is", String(line.prefix(60)), "indent the lines of a block alike")
        }
    }

    private mutating func line(_ range: Range<Int>) throws(DefinitionError) {
        let line = text(range), last = blocks.count - 1
        if let match = line.wholeMatch(of: /(if|elif)\b\s*(.*):/) {
            let chain = match.output.1 == "if" ? [] : blocks[last].chain
            guard let chain else { throw fault(range.lowerBound, "elif follows no if", nil, "begin with if") }
            guard conditions.count < AlgorithmDefinition.mostAssignments else {
                throw fault(range.lowerBound, "has more than \(AlgorithmDefinition.mostAssignments) conditions", nil, "shorten the program")
            }
            let start = range.lowerBound + match.output.1.unicodeScalars.count
            conditions.append(try expression(start..<range.upperBound - 1))
            announce(chain, conditions.count - 1)
            blocks[last].chain = chain + [conditions.count - 1]
            return
        }
        if line.wholeMatch(of: /else\s*:/) != nil {
            guard let chain = blocks[last].chain else { throw fault(range.lowerBound, "else follows no if", nil, "begin with if") }
            announce(chain, nil)
            blocks[last].chain = nil
            return
        }
        guard let match = line.prefixMatch(of: /([A-Za-z_][A-Za-z0-9_]{0,63})\s*=(?!=)/) else {
            let isLoop = line.wholeMatch(of: /(for|while)\b.*:/) != nil
            throw fault(
                range.lowerBound, isLoop ? "a program has no loops" : "is no assignment", String(line.prefix(60)),
                isLoop ? "write it with vectors" : "write one assignment a line: name = expression")
        }
        guard assignments.count < AlgorithmDefinition.mostAssignments else {
            throw fault(
                range.lowerBound, "has more than \(AlgorithmDefinition.mostAssignments) assignments", nil, "shorten the program")
        }
        let start = range.lowerBound + match.output.0.unicodeScalars.count
        assignments.append(AlgorithmDefinition.Assignment(
            name: String(match.output.1), offset: range.lowerBound, value: try expression(start..<range.upperBound),
            guards: blocks[last].guards))
        blocks[last].chain = nil
    }

    /// The lines that come hold where none of the chain does, and the condition.
    private mutating func announce(_ chain: [Int], _ condition: Int?) {
        let others = chain.map { AlgorithmDefinition.Guard(condition: $0, holds: false) }
        let own = condition.map { [AlgorithmDefinition.Guard(condition: $0, holds: true)] } ?? []
        announced = (blocks.last?.guards ?? []) + others + own
    }
}
