import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { htmlToText } from './index.ts'
import { sanitizeHtml } from './sanitize.ts'

describe('HTML as text', () => {
  const cases: [html: string, text: string][] = [
    ['<p>第一段</p><p>第二段</p>', '第一段\n\n第二段'],
    ['一行<br>二行<br/>三行', '一行\n二行\n三行'],
    ['一段<br><br>二段<div><div>三段</div></div>', '一段\n\n二段\n三段'],
    ['<ul><li>挂号</li><li>缴费</li></ul>', '挂号\n缴费'],
    ['<table><tr><td>科室</td><td>骨科</td></tr><tr><td>楼层</td><td>3</td></tr></table>', '科室 骨科\n楼层 3'],
    ['a&nbsp;&amp;&#x4e2d;&hellip;&unknown; &lt;b&gt;', 'a &中…&unknown; <b>'],
    ['前<script>alert("<p>x</p>")</script>后<style>p{}</style><!-- 藏 -->', '前后'],
    ['前<script>没有结束', '前'],
    ['前<iframe>没有结束', '前没有结束'],
    ['前<svg><text>图</text></svg>后', '前后'],
    ['医\u200b疗\u00ad事\ufeff故\u202e', '医疗事故'],
    ['👨\u200d👩\u200d👧 全家', '👨\u200d👩\u200d👧 全家'],
    ['<pre>a\n  b</pre>', 'a\nb'],
    ['1 < 2 & 3 > 2', '1 < 2 & 3 > 2'],
    ['<b>未<i>闭合', '未闭合'],
    ['<img alt="[笑cry]" src=x><img alt="一张照片">好', '[笑cry]好'],
    ['<!doctype html><title>题</title><body>文</body>', '文'],
    ['  \n\n  ', ''],
    ['<a href="x" title=">">链接</a>', '链接'],
    ['don&#146;t', 'don’t'],
  ]
  for (const [html, text] of cases) test(JSON.stringify(html), () => assert.equal(htmlToText(html), text))

  test('is capped without splitting a character', () => {
    assert.equal(htmlToText('汉'.repeat(300_000)).length, 200_000)
    const text = htmlToText('😀'.repeat(20), 8)
    assert.ok(text.isWellFormed() && text.endsWith('…') && text.length <= 8)
  })
})

describe('harmless HTML', () => {
  const cases: [html: string, safe: string][] = [
    ['<p onclick="x()">a</p>', '<p>a</p>'],
    ['<a href="javascript:alert(1)">a</a>', '<a href="">a</a>'],
    ['<a href=" jAva\tscript:alert(1)">a</a>', '<a href="">a</a>'],
    ['<a href="&#106;avascript:alert(1)">a</a>', '<a href="">a</a>'],
    ['<img src="data:text/html,x">', '<img src="" />'],
    ['<a href="../b?x=1&amp;y=2">a</a>', '<a href="https://example.com/b?x=1&amp;y=2">a</a>'],
    ['a<script>b</script>c', 'ac'],
    ['a<iframe src=x>b</iframe>c', 'ac'],
    ['<svg onload=x><a>b</a></svg>c', 'c'],
    ['<scr<script>ipt>alert(1)</script>', 'ipt&gt;alert(1)'],
    ['<p style="color: red; background: url(x)">a</p>', '<p style="color: red;">a</p>'],
    ['<p title="a&quot;b<c>">a', '<p title="a&quot;b&lt;c&gt;">a'],
    ['1 < 2 & &copy; &#169;', '1 &lt; 2 &amp; &copy; &#169;'],
  ]
  for (const [html, safe] of cases)
    test(JSON.stringify(html), () => assert.equal(sanitizeHtml(html, 'https://example.com/a/'), safe))
})
