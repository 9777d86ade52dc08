import Foundation
import Testing

/// Data of a problem in HDF5, as h5py and others write them.
@Suite(.enabled(if: ProcessInfo.processInfo.environment["SAMSWEEP_TEST_PYTHON"] != nil))
struct DataTests {
    private static let text = "+1 1:0.5 3:-2\n-1 2:4 3:1\n+1 1:1 2:1\n-1 1:-3 3:0.25\n+1 2:-0.125 3:1\n"

    private func sweep(_ file: String) -> String {
        """
        schema: 1
        name: data
        problem: {name: logistic, data: \(file), l2: 0.1, batch: 2}
        optimizer: [sgd, m-sam]
        steps: 50
        trials: 4
        axes: {rho: [0, 0.1], learning_rate: [0.1]}

        """
    }

    private func python(_ program: Program, _ script: String) throws {
        try program.write("write.py", script)
        let outcome = try RunningProgram(
            URL(filePath: try #require(ProcessInfo.processInfo.environment["SAMSWEEP_TEST_PYTHON"])), ["write.py"],
            in: program.folder, environment: [:]
        ).finish()
        #expect(outcome.status == 0, "\(outcome.messages)")
    }

    /// Single precision, integers, chunks and compression are all read.
    @Test func hdf5GivesTheTrialsOfTheSameText() throws {
        let program = try Program()
        try program.write("data.svm", Self.text)
        try program.write("text.yaml", sweep("data.svm"))
        try program.write("hdf5.yaml", sweep("data.h5"))
        try python(program, """
            import h5py, numpy
            x = numpy.zeros((5, 3), "f4")
            y = []
            for row, line in enumerate(open("data.svm")):
                words = line.split()
                y.append(int(words[0]))
                for word in words[1:]:
                    column, value = word.split(":")
                    x[row, int(column) - 1] = float(value)
            with h5py.File("data.h5", "w") as file:
                file.create_dataset("X", data=x, chunks=(2, 3), compression="gzip")
                file["y"] = numpy.array(y, "i1")
            """)
        #expect(try program.run("run", "text.yaml", "--output", "t.h5").status == 0)
        let run = try program.run("run", "hdf5.yaml", "--output", "h.h5")
        #expect(run.status == 0, "\(run.messages)")
        let trials = try program.run("export", "--trials", "t.h5").output
        #expect(trials.split(separator: "\n").count == 17)
        #expect(try program.run("export", "--trials", "h.h5").output == trials)
        #expect(try program.run("audit", "h.h5").status == 0)
    }

    /// The data lie beside the sweep file, the result elsewhere.
    @Test func auditAndMergeFindTheData() throws {
        let program = try Program()
        try program.write("sub/data.svm", Self.text)
        try program.write("sub/text.yaml", sweep("data.svm"))
        #expect(try program.run("run", "sub/text.yaml", "--output", "out/whole.h5").status == 0)
        let audit = try program.run("audit", "out/whole.h5")
        #expect(audit.status == 0, "\(audit.messages)")
        #expect(try program.run("run", "sub/text.yaml", "--shard", "0/2", "--output", "out/0.h5").status == 0)
        let merge = try program.run("merge", "out/0.h5", "--output", "out/merged.h5")
        #expect(merge.status == 0 && merge.messages.contains("samsweep run sub/text.yaml --shard 1/2"), "\(merge.messages)")
    }

    @Test(arguments: [
        ("x = numpy.zeros((5, 3)); y = numpy.zeros(4)", "[5, 3] and [4]"),
        ("x = numpy.full((2, 2), numpy.nan); y = numpy.zeros(2)", "X has a value that is no number"),
        ("x = numpy.array([b'a']); y = numpy.zeros(1)", "it does not hold numbers"),
        ("x = None; y = numpy.zeros(1)", "there is no such dataset"),
    ])
    func whatIsWrongWithItIsSaid(data: String, message: String) throws {
        let program = try Program()
        try program.write("sweep.yaml", sweep("data.h5"))
        try python(program, """
            import h5py, numpy
            \(data)
            with h5py.File("data.h5", "w") as file:
                if x is not None: file["X"] = x
                file["y"] = y
            """)
        let outcome = try program.run("plan", "sweep.yaml")
        #expect(outcome.status == 65 && outcome.messages.contains(message), "\(outcome.messages)")
    }

    @Test func aDamagedFileIsReportedNotSuffered() throws {
        let program = try Program()
        try program.write("sweep.yaml", sweep("data.h5"))
        let signature: [UInt8] = [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A]
        try Data(signature + Array("and then nothing of the kind".utf8)).write(to: URL(filePath: program.path("data.h5")))
        let outcome = try program.run("plan", "sweep.yaml")
        #expect(outcome.status == 65 && outcome.messages.contains("libhdf5 cannot read it"), "\(outcome.messages)")
    }
}
