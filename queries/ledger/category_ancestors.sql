-- purpose:    Each usage category with every category that contains it: the tree, read upwards.
-- kind:       view
-- parameters: none
-- reads:      usage_categories
-- grain:      category, ancestor
-- order:      none
-- columns:
--   category  VARCHAR
--   ancestor  VARCHAR
-- 1:1 each, a category has one parent at most. A test keeps the tree at four levels.
select category, parent as ancestor
from usage_categories
where parent is not null
union all
select c.category, p.parent as ancestor
from usage_categories as c
join usage_categories as p on p.category = c.parent
where p.parent is not null
union all
select c.category, g.parent as ancestor
from usage_categories as c
join usage_categories as p on p.category = c.parent
join usage_categories as g on g.category = p.parent
where g.parent is not null
