import PortableMath

/// A compiled expression: instructions for a stack of doubles, truth being 1 and falsehood 0.
struct Program: Sendable {
    enum Code: UInt8, Sendable {
        case constant, load, isMember
        case add, subtract, multiply, divide, remainder, power, negate
        case less, lessOrEqual, greater, greaterOrEqual, equal, notEqual
        case and, or, not
        case unary, binary
        /// Puts a copy of the topmost value below the value under it: the middle of a chain a < b < c.
        case tuck
        /// Exchanges the two topmost values.
        case swap
    }

    struct Instruction: Sendable, Hashable {
        var code: Code
        /// Of constants, names, sets and functions: which one.
        var operand = 0
    }

    var instructions: [Instruction] = []
    var constants: [Double] = []
    /// What is loaded, by name.
    var names: [String] = []
    /// For comparisons of a component with a name: which positions are meant.
    var sets: [[Bool]] = []
    /// The deepest that the stack gets.
    var depth = 0
    /// A comparison rather than a number.
    var isCondition = false
    /// The tokens with single spaces between them: what fingerprints see.
    var canonicalText = ""

    private static let functions = ExpressionFunction.allCases

    /// The value for values of `names`. Dividing by zero and the like follow IEEE 754; comparisons with NaN are false.
    func value(_ inputs: UnsafeBufferPointer<Double>) -> Double {
        withUnsafeTemporaryAllocation(of: Double.self, capacity: depth + 1) { stack in
            var top = -1
            for instruction in instructions { step(instruction, inputs, stack, &top) }
            return stack[0]
        }
    }

    /// The value for values of `names`, by array.
    func value(_ inputs: [Double]) -> Double { inputs.withUnsafeBufferPointer { value($0) } }

    @inline(__always)
    private func step(
        _ instruction: Instruction, _ inputs: UnsafeBufferPointer<Double>, _ stack: UnsafeMutableBufferPointer<Double>,
        _ top: inout Int
    ) {
        switch instruction.code {
        case .constant, .load:
            top += 1
            stack[top] = instruction.code == .constant ? constants[instruction.operand] : inputs[instruction.operand]
        case .isMember: stack[top] = sets[instruction.operand][Int(stack[top])] ? 1 : 0
        case .negate: stack[top] = -stack[top]
        case .not: stack[top] = 1 - stack[top]
        case .unary: stack[top] = Self.functions[instruction.operand].value(stack[top])
        case .tuck:
            stack[top + 1] = stack[top]
            stack[top] = stack[top - 1]
            stack[top - 1] = stack[top + 1]
            top += 1
        case .swap: (stack[top], stack[top - 1]) = (stack[top - 1], stack[top])
        default:
            top -= 1
            stack[top] = combine(instruction, stack[top], stack[top + 1])
        }
    }

    @inline(__always)
    private func combine(_ instruction: Instruction, _ a: Double, _ b: Double) -> Double {
        switch instruction.code {
        case .add: a + b
        case .subtract: a - b
        case .multiply: a * b
        case .divide: a / b
        case .remainder: a - b * (a / b).rounded(.down)
        case .power: PortableMath.pow(a, b)
        case .less: a < b ? 1 : 0
        case .lessOrEqual: a <= b ? 1 : 0
        case .greater: a > b ? 1 : 0
        case .greaterOrEqual: a >= b ? 1 : 0
        case .equal: a == b ? 1 : 0
        case .notEqual: a != b ? 1 : 0
        case .and: a * b
        case .or: Swift.max(a, b)
        case .binary: Self.functions[instruction.operand].value(a, b)
        case .constant, .load, .isMember, .negate, .not, .unary, .tuck, .swap: a
        }
    }
}

extension Program {
    /// Costs about a microsecond, some hundred times an addition.
    private func isExpensive(_ instruction: Instruction) -> Bool {
        switch instruction.code {
        case .power: return true
        case .unary, .binary:
            let function = ExpressionFunction.allCases[instruction.operand]
            return [.log, .log10, .exp, .pow].contains(function)
        default: return false
        }
    }

    /// How many logarithms, exponentials and powers it takes.
    var expensiveSteps: Int { instructions.count(where: isExpensive) }

    /// The instructions of the innermost expensive function whose value can be looked up instead: one that depends on
    /// less than the whole program does.
    ///
    /// - Parameter isWorthATable: whether values for these names, by position, are few enough.
    func firstHoistable(_ isWorthATable: (Set<Int>) -> Bool) -> Range<Int>? {
        // What stands on the stack: where its instructions begin, and the names it depends on.
        var stack: [(start: Int, names: Set<Int>)] = []
        for (index, instruction) in instructions.enumerated() {
            switch instruction.code {
            case .constant: stack.append((index, []))
            case .load: stack.append((index, [instruction.operand]))
            case .isMember, .negate, .not, .unary: break
            case .tuck:
                guard let last = stack.last, stack.count > 1 else { return nil }
                stack.insert(last, at: stack.count - 2)
            case .swap: stack.swapAt(stack.count - 1, stack.count - 2)
            default:
                let right = stack.removeLast()
                stack[stack.count - 1].names.formUnion(right.names)
                stack[stack.count - 1].start = min(stack[stack.count - 1].start, right.start)
            }
            if let top = stack.last, isExpensive(instruction), !top.names.isEmpty, isWorthATable(top.names) {
                return top.start..<index + 1
            }
        }
        return nil
    }

    /// The part of the program, as a program of its own.
    func part(_ range: Range<Int>) -> Program {
        var part = self
        part.instructions = Array(instructions[range])
        part.isCondition = false
        return part.withoutUnusedNames
    }

    /// The same program without the names that it does not load.
    var withoutUnusedNames: Program {
        let used = Set(instructions.lazy.filter { $0.code == .load }.map(\.operand)).sorted()
        var program = self
        program.names = used.map { names[$0] }
        for index in instructions.indices where instructions[index].code == .load {
            program.instructions[index].operand = used.firstIndex(of: instructions[index].operand) ?? 0
        }
        return program
    }

    /// The program with the part replaced by a name.
    func replacing(_ range: Range<Int>, by name: String) -> Program {
        var program = self
        program.names.append(name)
        program.instructions.replaceSubrange(range, with: [Instruction(code: .load, operand: names.count)])
        return program.withoutUnusedNames
    }
}
