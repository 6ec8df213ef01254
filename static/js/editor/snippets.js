/** Keywords and snippets of the languages for which CodeMirror's modes bring none, or not all. */

/** @typedef {Parameters<typeof import('./completions.js').completions>[0]} Known */

/** @type {Known} */
export const PYTHON = {
  snippets: [
    [
      'main',
      'entry of the program',
      'def main():\n\t#{}\n\n\nif __name__ == "__main__":\n\tmain()',
    ],
    ['with', 'read a file', 'with open("#{name}") as #{file}:\n\t#{}'],
    ['input', 'ask for a number', '#{number} = int(input("#{prompt}"))'],
  ],
};

/** @type {Known} */
export const JAVA = {
  keywords: `abstract boolean break byte case catch char class continue default do double else enum
    extends false final finally float for if implements import instanceof int interface long new
    null package private protected public record return sealed short static super switch
    synchronized this throw throws true try var void while yield
    ArrayList Arrays Boolean Collections Double HashMap HashSet Integer List Long Map Math Object
    Optional Scanner Set String StringBuilder System`,
  snippets: [
    ['main', 'entry of the program', 'public static void main(String[] args) {\n\t#{}\n}'],
    ['sout', 'print a line', 'System.out.println(#{});'],
    ['scanner', 'read the input', 'Scanner #{in} = new Scanner(System.in);'],
    ['for', 'counting loop', 'for (int #{i} = 0; #{i} < #{count}; #{i}++) {\n\t#{}\n}'],
    ['for', 'of a collection', 'for (#{var} #{item} : #{items}) {\n\t#{}\n}'],
    ['while', 'loop', 'while (#{condition}) {\n\t#{}\n}'],
    ['if', 'block', 'if (#{condition}) {\n\t#{}\n}'],
    ['if', 'with else', 'if (#{condition}) {\n\t#{}\n} else {\n\t#{}\n}'],
    ['switch', 'expression', 'switch (#{value}) {\n\tcase #{one} -> #{};\n\tdefault -> #{};\n}'],
    ['try', 'block', 'try {\n\t#{}\n} catch (#{Exception} #{e}) {\n\t#{}\n}'],
    ['class', 'definition', 'class #{Name} {\n\t#{}\n}'],
    ['record', 'definition', 'record #{Name}(#{String} #{field}) {}'],
  ],
};

/** @type {Known} */
export const CPP = {
  keywords: `alignas alignof auto bool break case catch char class const constexpr continue default
    delete do double else enum explicit extern false float for friend goto if include inline int
    long mutable namespace new noexcept nullptr operator override private protected public return
    short signed sizeof static static_cast struct switch template this throw true try typedef
    typename union unsigned using virtual void volatile while
    algorithm array cerr cin cout deque endl function getline iostream make_unique map optional pair
    queue set shared_ptr size_t sort stack std string unique_ptr unordered_map unordered_set vector`,
  snippets: [
    ['main', 'entry of the program', 'int main() {\n\t#{}\n\treturn 0;\n}'],
    ['cout', 'print a line', 'std::cout << #{} << "\\n";'],
    ['cin', 'read the input', 'std::cin >> #{};'],
    ['for', 'counting loop', 'for (int #{i} = 0; #{i} < #{count}; ++#{i}) {\n\t#{}\n}'],
    ['for', 'of a collection', 'for (const auto& #{item} : #{items}) {\n\t#{}\n}'],
    ['while', 'loop', 'while (#{condition}) {\n\t#{}\n}'],
    ['if', 'block', 'if (#{condition}) {\n\t#{}\n}'],
    ['if', 'with else', 'if (#{condition}) {\n\t#{}\n} else {\n\t#{}\n}'],
    [
      'switch',
      'statement',
      'switch (#{value}) {\n\tcase #{one}:\n\t\t#{}\n\t\tbreak;\n\tdefault:\n\t\t#{}\n}',
    ],
    ['try', 'block', 'try {\n\t#{}\n} catch (const std::exception& #{e}) {\n\t#{}\n}'],
    ['class', 'definition', 'class #{Name} {\npublic:\n\t#{}\n};'],
    ['struct', 'definition', 'struct #{Name} {\n\t#{}\n};'],
  ],
};

/** @type {Known} */
export const SHELL = {
  keywords: `alias case cat cd chmod cp curl cut done echo elif else esac exit export fi find for
    function grep head if in kill local ls mkdir mv printf pwd read return rm sed set shift sleep
    sort source tail test then touch tr trap uniq unset until wc while`,
  snippets: [
    ['if', 'block', 'if [ #{condition} ]; then\n\t#{}\nfi'],
    ['for', 'of words', 'for #{item} in #{items}; do\n\t#{}\ndone'],
    ['while', 'read lines', 'while read -r #{line}; do\n\t#{}\ndone'],
    ['case', 'block', 'case #{value} in\n\t#{pattern}) #{} ;;\nesac'],
    ['function', 'definition', '#{name}() {\n\t#{}\n}'],
  ],
};
